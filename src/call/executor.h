// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "base/clock.h"

namespace parley::call {

/// What goes first when cores are scarce: lower values.
enum class Priority : std::uint8_t {
  kNextPiece,    ///< What the listener is hearing would soon break off.
  kRecognition,  ///< Somebody has stopped speaking and waits.
  kNextPhrase,   ///< The listener hears nothing until this is spoken.
  kPartial,      ///< Somebody speaks: what can be said of it already.
  kLaterPhrase,  ///< Something still plays meanwhile.
};

/// How urgent the next piece of a phrase is, with so much left to be heard: the less, the more; and to begin late is
/// better than to break off. `begun`: some of the phrase was given to the listener.
constexpr Priority speech_priority(milliseconds backlog, bool begun) {
  constexpr milliseconds kShort{500};
  if (backlog >= kShort) return Priority::kLaterPhrase;
  return begun ? Priority::kNextPiece : Priority::kNextPhrase;
}

/// A few threads that run inference jobs, the most urgent first, equals in order of arrival. Never used from the media
/// thread.
class Executor {
 public:
  using Job = std::move_only_function<void()>;

  /// `threads` ≥ 1.
  explicit Executor(int threads);

  /// Drops jobs that have not begun and waits for those that have.
  ~Executor();

  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;

  /// Any thread but the media thread. A job must not throw.
  void submit(Priority priority, Job job);

  /// Jobs waiting or running.
  std::size_t pending() const;

 private:
  struct Entry {
    Priority priority;
    std::uint64_t number;
    mutable Job job;
  };
  struct LessUrgent {
    bool operator()(const Entry& a, const Entry& b) const {
      return a.priority != b.priority ? a.priority > b.priority : a.number > b.number;
    }
  };

  void work(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::priority_queue<Entry, std::vector<Entry>, LessUrgent> jobs_;
  std::uint64_t next_number_ = 0;
  std::size_t running_ = 0;
  std::vector<std::jthread> threads_;
};

}  // namespace parley::call
