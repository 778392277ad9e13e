// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/event_limiter.h"

namespace parley::telemetry {

bool EventLimiter::admit(const Kind& kind, SteadyClock::time_point now) {
  Window& window = windows_.try_emplace(kind, Window{.began = now}).first->second;
  return ++window.events <= kAdmitted;
}

std::vector<EventLimiter::Rest> EventLimiter::take_left_out(SteadyClock::time_point now) {
  std::vector<Rest> rests;
  std::erase_if(windows_, [&](const auto& entry) {
    const auto& [kind, window] = entry;
    if (now - window.began < kWindow) return false;
    if (window.events > kAdmitted) rests.push_back({.kind = kind, .events = window.events - kAdmitted});
    return true;
  });
  return rests;
}

}  // namespace parley::telemetry
