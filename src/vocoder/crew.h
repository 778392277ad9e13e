// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace parley::vocoder {

/// A few threads that do one job together, each its part of the rows. They wait for each other by spinning for some
/// microseconds, since a step takes hundreds, and then in a futex, so that a crew whose member lost its core burns
/// none.
class Crew {
 public:
  /// `threads` ≥ 1, the caller of run() included: a crew of one has no thread of its own and never waits. Throws
  /// std::system_error when there are no threads to be had.
  explicit Crew(int threads);
  ~Crew();
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  int size() const { return size_; }

  /// Calls job(member) for members 0 … size - 1 at once, 0 in this thread; returns when all are done. One thread at a
  /// time. The job must not throw.
  void run(const std::function<void(int)>& job);

  /// Inside a job: returns when every member has come here. What they wrote before is seen by all after.
  void meet();

 private:
  void serve(int member);
  void dismiss();

  const int size_;
  const std::function<void(int)>* job_ = nullptr;
  std::atomic<unsigned> begun_{0};    ///< Counts runs; the members wait for the next.
  std::atomic<unsigned> arrived_{0};  ///< Members at the meeting.
  std::atomic<unsigned> met_{0};      ///< Counts meetings.
  std::atomic<bool> over_{false};
  std::vector<std::thread> members_;
};

/// The part of `rows` rows that one of `members` members does, in multiples of `step` but for the last.
struct RowRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t size() const { return end - begin; }
};
RowRange part_of(std::size_t rows, int member, int members, std::size_t step);

}  // namespace parley::vocoder
