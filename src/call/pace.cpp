// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/pace.h"

#include <algorithm>
#include <string>
#include <utility>

namespace parley::call {
namespace {

/// Of a lag of synthesis, from tick to tick: half of it is forgotten in 1.4 s.
constexpr double kRemembered = 0.99;

/// What is to be heard is played at its own pace up to here, and at the fastest from there on.
constexpr MillisF kUnhurried{300};
constexpr MillisF kHurried{1300};

Hysteresis half_way_back(milliseconds lag) { return {lag, MillisF(lag) / 2}; }

}  // namespace

Pace::Pace(std::shared_ptr<Link> link, const Services& services)
    : link_(std::move(link)),
      services_(services),
      recognition_lags_(half_way_back(services_.config.backpressure.recognition_lag)),
      synthesis_lags_(half_way_back(services_.config.backpressure.synthesis_lag)) {}

void Pace::note_recognition_lag(MillisF lag) {
  if (recognition_lags_.update(lag)) report("recognition", recognition_lags_, lag, "pause");
}

milliseconds Pace::partial_interval() const {
  return recognition_lags_.active() ? services_.config.backpressure.slow_partial_interval
                                    : services_.config.conversation.partial_interval;
}

void Pace::keep(MillisF lag, MillisF behind) {
  synthesis_lag_ = std::max(lag, synthesis_lag_ * kRemembered);
  if (synthesis_lags_.update(synthesis_lag_)) report("synthesis", synthesis_lags_, synthesis_lag_, "slow playout");
  if (synthesis_lags_.active()) return link_->playout.set_tempo(services_.config.backpressure.slow_tempo);
  const auto& conversation = services_.config.conversation;
  if (!conversation.stretch) return link_->playout.set_tempo(1.0F);
  const double hurry = std::clamp((behind - kUnhurried) / (kHurried - kUnhurried), 0.0, 1.0);
  link_->playout.set_tempo(static_cast<float>(1.0 + hurry * (conversation.most_stretch - 1.0)));
}

void Pace::report(std::string_view component, const Hysteresis& lags, MillisF lag, std::string_view action) const {
  services_.health.report({.session_id = link_->session,
                           .component = std::string(component),
                           .status = lags.active() ? telemetry::Status::kDegraded : telemetry::Status::kOk,
                           .lag_ms = lag.count(),
                           .action = std::string(lags.active() ? action : "resume"),
                           .reason = link_->speaker + " to " + link_->listener});
}

}  // namespace parley::call
