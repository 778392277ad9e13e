// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "telemetry/status.h"

namespace parley::telemetry {

/// Lets the first few events of a kind through in every window of time and counts the rest, so that something that
/// flaps floods no log. Not thread-safe.
class EventLimiter {
 public:
  static constexpr std::uint64_t kAdmitted = 20;  ///< Of a kind, in a window.
  static constexpr std::chrono::seconds kWindow{10};

  /// Sessions are not told apart: what happens to a hundred of them at once is one thing.
  struct Kind {
    std::string component;
    std::string action;
    Status status = Status::kOk;
    auto operator<=>(const Kind&) const = default;
  };

  /// An event of this kind happens: whether to let it through. A kind's window begins with its first event.
  bool admit(const Kind& kind, SteadyClock::time_point now);

  struct Rest {
    Kind kind;
    std::uint64_t events = 0;  ///< Not let through.
  };
  /// Kinds whose window is over and of which events were not let through; each is told once.
  std::vector<Rest> take_left_out(SteadyClock::time_point now);

 private:
  struct Window {
    SteadyClock::time_point began;
    std::uint64_t events = 0;
  };
  std::map<Kind, Window> windows_;
};

}  // namespace parley::telemetry
