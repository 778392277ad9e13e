// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/clock.h"
#include "base/spsc_ring.h"

namespace parley::telemetry {

/// Where sound waits on its way through a call.
enum class Queue : std::uint8_t {
  kInput,        ///< Frames from a leg that the tick has not taken. 3.
  kRecognition,  ///< Frames that the hearing thread has not taken.
  kTranslation,  ///< Utterances that wait to be understood.
  kSynthesis,    ///< Phrases that wait to be spoken.
  kPlayback,     ///< Frames of translated speech that wait to be heard.
  kSend,         ///< Frames for a leg whose far end does not read.
};
inline constexpr std::size_t kQueues = 6;

/// "input", "recognition", "translation", "synthesis", "playback", "send".
std::string_view to_string(Queue queue);

/// Frames of one leg that were dropped.
struct LegDrops {
  Queue queue = Queue::kInput;
  std::uint64_t frames = 0;         ///< Since the leg's last report of this queue,
  std::uint64_t frames_in_all = 0;  ///< and since it arrived.
  std::array<char, 96> session{};   ///< Cut off where they are longer; zeros behind.
  std::array<char, 32> leg{};
};

/// A name of LegDrops.
template <std::size_t Size>
std::string_view name_of(const std::array<char, Size>& name) {
  return {name.data(), static_cast<std::size_t>(std::ranges::find(name, '\0') - name.begin())};
}

/// What the 20 ms loop has done since the process began: written by the media thread and, where it says so, the hearing
/// thread, read by any, without a lock. Counters only grow.
class LoopStats {
 public:
  /// Upper bounds, in milliseconds, of the classes that lateness is counted in; one more class is above the last.
  static constexpr std::array<double, 12> kLateBounds{0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10, 20, 50, 200};

  /// Ticks over which `depth` of the media thread's queues looks for the deepest: 1 s.
  static constexpr std::uint64_t kDepthTicks = 50;

  using Counter = std::atomic<std::uint64_t>;

  // --- Media thread.

  /// A tick is told to the calls, so much after it was due.
  void note_tick(double late_ms);

  void note_dropped(Queue queue, std::uint64_t frames = 1) {
    dropped[static_cast<std::size_t>(queue)].fetch_add(frames, std::memory_order_relaxed);
  }

  /// So deep is kInput, kRecognition or kSend of one call.
  void see_depth(Queue queue, std::size_t depth);

  /// To be told to people by whoever has the time: see pop_drops(). Forgotten when nobody takes them.
  void report(const LegDrops& drops) { drops_.push(drops); }

  Counter ticks_skipped{0};
  Counter frames_in{0};   ///< From legs, those that were dropped included.
  Counter frames_out{0};  ///< For legs, likewise.
  std::atomic<std::uint32_t> legs{0};
  std::atomic<std::uint32_t> rooms{0};  ///< Sessions that are on.

  /// Dropped because the queue was full. kInput, kRecognition, kSend: media thread; others: hearing thread.
  std::array<Counter, kQueues> dropped{};
  /// The deepest of all calls. Of the media thread's queues: within a second, by see_depth(). Others: as it was last
  /// looked at, by the hearing thread.
  std::array<std::atomic<std::uint32_t>, kQueues> depth{};

  // --- One thread, not the media thread.

  /// The oldest report of drops that was not taken.
  bool pop_drops(LegDrops& drops) { return drops_.pop(drops); }

  // --- Any thread.
  std::uint64_t ticks() const;
  /// Ticks by lateness; the last class is beyond kLateBounds.
  std::array<std::uint64_t, kLateBounds.size() + 1> late_ticks() const;
  double late_sum_ms() const;
  double latest_ms() const;

 private:
  void publish_depths();

  std::array<Counter, kLateBounds.size() + 1> late_{};
  std::atomic<double> late_sum_{0.0};
  std::atomic<double> latest_{0.0};
  std::array<std::uint32_t, kQueues> deepest_{};  ///< Since they were published last. Media thread.
  std::uint64_t ticks_until_published_ = kDepthTicks;
  SpscRing<LegDrops> drops_{64};
};

/// Counts what one queue of one leg drops, and reports it at most once a second. Media thread; never allocates, locks
/// or logs.
class DropCounter {
 public:
  static constexpr milliseconds kInterval{1000};

  explicit DropCounter(Queue queue) : queue_(queue) {}

  /// `frames` ≥ 1 were dropped.
  void note(std::uint64_t frames, std::string_view session, std::string_view leg, LoopStats& stats,
            SteadyClock::time_point now = SteadyClock::now());

 private:
  Queue queue_;
  std::uint64_t dropped_ = 0;
  std::uint64_t reported_ = 0;
  SteadyClock::time_point next_{};
};

}  // namespace parley::telemetry
