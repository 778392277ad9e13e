// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/loop_watch.h"

#include <algorithm>

namespace parley::control {

LoopWatch::LoopWatch(const telemetry::LoopStats& loop, SteadyClock::time_point now)
    : loop_(loop), samples_{{now, loop.frames_in.load()}}, last_look_(now), ticks_(loop.ticks()) {}

void LoopWatch::look(SteadyClock::time_point now) {
  const std::uint64_t ticks = loop_.ticks();
  if (ticks == ticks_) {
    stalled_ += std::min<SteadyClock::duration>(now - last_look_, 2 * kInterval);
  } else {
    stalled_ = {};
  }
  ticks_ = ticks;
  last_look_ = now;

  // Whoever asks very often does not make it longer.
  if (samples_.size() > 1 && now - samples_[samples_.size() - 2].at < kInterval) samples_.pop_back();
  samples_.push_back({now, loop_.frames_in.load()});
  while (samples_.size() > 2 && now - samples_[1].at >= kRateOver) samples_.pop_front();
}

double LoopWatch::frames_per_second() const {
  const std::chrono::duration<double> seconds = samples_.back().at - samples_.front().at;
  if (seconds.count() <= 0.0) return 0.0;
  return static_cast<double>(samples_.back().frames - samples_.front().frames) / seconds.count();
}

}  // namespace parley::control
