// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

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

/// What the 20 ms loop has done since the process began: written by the media thread and, where it says so, the hearing
/// thread, read by any, without a lock. Counters only grow.
class LoopStats {
 public:
  /// Upper bounds, in milliseconds, of the classes that lateness is counted in; one more class is above the last.
  static constexpr std::array<double, 12> kLateBounds{0.1, 0.25, 0.5, 1, 2, 3, 4, 5, 10, 20, 50, 200};

  using Counter = std::atomic<std::uint64_t>;

  // --- Media thread.
  void note_tick(double late_ms);
  Counter ticks_skipped{0};
  Counter frames_in{0};   ///< From legs.
  Counter frames_out{0};  ///< To legs.
  std::atomic<std::uint32_t> legs{0};
  std::atomic<std::uint32_t> rooms{0};  ///< Sessions that are on.

  /// Dropped because the queue was full. kInput, kRecognition, kSend: media thread; others: hearing thread.
  std::array<Counter, kQueues> dropped{};
  /// The deepest of all calls, as it was last looked at. By the same threads.
  std::array<std::atomic<std::uint32_t>, kQueues> depth{};

  // --- Any thread.
  std::uint64_t ticks() const;
  /// Ticks by lateness; the last class is beyond kLateBounds.
  std::array<std::uint64_t, kLateBounds.size() + 1> late_ticks() const;
  double late_sum_ms() const;
  double latest_ms() const;

 private:
  std::array<Counter, kLateBounds.size() + 1> late_{};
  std::atomic<double> late_sum_{0.0};
  std::atomic<double> latest_{0.0};
};

}  // namespace parley::telemetry
