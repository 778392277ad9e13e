// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>

#include "base/clock.h"

namespace parley::call {

/// Tells what a moment of real time is on a room's media clock, so that stages of inference can be compared with sound.
/// The media thread sets it every tick; any thread asks.
class MediaClock {
 public:
  /// `ticks` have passed since the room's start.
  void set(std::uint64_t ticks, SteadyClock::time_point now) {
    const auto start = now - ticks * kFrameTime;
    start_.store(start.time_since_epoch().count(), std::memory_order_relaxed);
  }

  /// From the room's start.
  MillisF at(SteadyClock::time_point moment) const {
    return moment - SteadyClock::time_point(SteadyClock::duration(start_.load(std::memory_order_relaxed)));
  }

 private:
  std::atomic<SteadyClock::rep> start_{SteadyClock::now().time_since_epoch().count()};
};

}  // namespace parley::call
