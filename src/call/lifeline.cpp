// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/lifeline.h"

#include <utility>

namespace parley::call {
namespace {

using synthesis::Notice;
using telemetry::Status;

/// What is over within this time is not worth a notice, for the original voice was heard. Engines that are missing are
/// being started, which takes some three seconds.
constexpr milliseconds kWorthTelling{1000};
constexpr milliseconds kStarting{4000};

/// From one look at the engines to the next. It costs a few reads of memory.
constexpr milliseconds kLookInterval{100};

}  // namespace

Lifeline::Lifeline(std::shared_ptr<Link> link, const Services& services, Announce announce)
    : link_(std::move(link)), services_(services), announce_(std::move(announce)) {}

void Lifeline::failed(std::string_view component, const std::string& reason) {
  if (state_ == State::kWorks) degrade(State::kFailed, component, reason);
}

void Lifeline::degrade(State state, std::string_view component, const std::string& reason) {
  state_ = state;
  component_ = component;
  since_ = SteadyClock::now();
  link_->mode = Mode::kPassThrough;
  services_.health.report({.session_id = link_->session,
                           .component = component_,
                           .status = Status::kDegraded,
                           .action = "degrade",
                           .reason = link_->listener + " hears " + link_->speaker + "'s own voice: " + reason});
}

void Lifeline::worked() {
  if (state_ != State::kWorks && state_ != State::kHeld) heal();
}

void Lifeline::heal() {
  state_ = State::kWorks;
  link_->mode = Mode::kTranslated;
  services_.health.report({.session_id = link_->session,
                           .component = component_,
                           .status = Status::kOk,
                           .lag_ms = elapsed_ms(since_),
                           .action = "heal",
                           .reason = link_->listener + " hears " + link_->speaker + " translated again"});
  if (std::exchange(told_, false)) announce_(Notice::kRestored);
}

void Lifeline::hold(std::string_view component, const std::string& reason) {
  if (state_ == State::kHeld) return;
  if (state_ == State::kWorks) degrade(State::kHeld, component, reason);
  state_ = State::kHeld;
  tell();
}

void Lifeline::release() {
  if (state_ == State::kHeld) heal();
}

void Lifeline::tell() {
  if (!std::exchange(told_, true)) announce_(Notice::kUntranslated);
}

void Lifeline::look(SteadyClock::time_point now) {
  if (link_->service != Service::kTranslate || now - looked_ < kLookInterval) return;
  looked_ = now;
  const bool ready = services_.engines->ready(link_->pair);
  if (state_ == State::kWorks && !ready) degrade(State::kMissing, "engines", "its engines are being started");
  if (state_ == State::kMissing && ready) heal();
  if (state_ != State::kWorks && now - since_ > (state_ == State::kMissing ? kStarting : kWorthTelling)) tell();
}

}  // namespace parley::call
