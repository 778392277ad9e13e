// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "telemetry/loop_stats.h"

namespace parley::control {

/// Looks at the 20 ms loop from outside, again and again: how many frames it moves, and whether it goes on at all.
/// One thread.
class LoopWatch {
 public:
  static constexpr milliseconds kInterval{250};  ///< How often to look().
  static constexpr milliseconds kRateOver{5000};

  LoopWatch(const telemetry::LoopStats& loop, SteadyClock::time_point now);

  /// Any time, also more often than kInterval.
  void look(SteadyClock::time_point now);

  /// Frames from all legs per second, over the last kRateOver or as long as it was looked at.
  double frames_per_second() const;

  /// For how long it was seen not to tick. Time in which nobody looked (the whole process was stopped) counts little.
  milliseconds stalled() const { return std::chrono::duration_cast<milliseconds>(stalled_); }

 private:
  struct Sample {
    SteadyClock::time_point at;
    std::uint64_t frames;
  };

  const telemetry::LoopStats& loop_;
  std::deque<Sample> samples_;
  SteadyClock::time_point last_look_;
  std::uint64_t ticks_;
  SteadyClock::duration stalled_{0};
};

}  // namespace parley::control
