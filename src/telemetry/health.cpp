// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/health.h"

#include <algorithm>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace parley::telemetry {
namespace {

std::string iso8601(std::chrono::system_clock::time_point at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (ms - seconds).count());
}

void log(const HealthEvent& event) {
  const auto level = event.status == Status::kOk         ? spdlog::level::info
                     : event.status == Status::kDegraded ? spdlog::level::warn
                                                         : spdlog::level::err;
  spdlog::log(level, "health: {}{} is {}: {}{}{}", event.session_id.empty() ? "" : "[" + event.session_id + "] ",
              event.component, to_string(event.status), event.action, event.reason.empty() ? "" : ": ", event.reason);
}

}  // namespace

std::string_view to_string(Status status) {
  switch (status) {
    case Status::kOk: return "ok";
    case Status::kDegraded: return "degraded";
    case Status::kFailing: return "failing";
  }
  return {};
}

std::string to_json(const HealthEvent& event) {
  return nlohmann::ordered_json{{"session_id", event.session_id},
                                {"component", event.component},
                                {"status", to_string(event.status)},
                                {"lag_ms", event.lag_ms},
                                {"action", event.action},
                                {"ts", iso8601(event.ts)},
                                {"reason", event.reason}}
      .dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void Health::report(HealthEvent event) {
  log(event);
  const std::lock_guard lock(mutex_);
  keep(std::move(event));
}

void Health::set(std::string_view component, Status status, std::string_view action, std::string_view reason) {
  HealthEvent event{.component = std::string(component),
                    .status = status,
                    .action = std::string(action),
                    .reason = std::string(reason)};
  {
    const std::lock_guard lock(mutex_);
    const auto known = components_.find(component);
    if (known != components_.end() && known->second.status == status && known->second.reason == reason) return;
    components_[event.component] = {.status = status, .reason = event.reason};
    keep(event);
  }
  log(event);
}

void Health::keep(HealthEvent event) {
  ++actions_[{event.component, event.action}];
  events_.push_back(std::move(event));
  if (events_.size() > kEventsKept) events_.pop_front();
}

Health::Snapshot Health::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {.components = {components_.begin(), components_.end()},
          .events = {events_.begin(), events_.end()},
          .actions = actions_};
}

Status Health::Snapshot::status() const {
  Status worst = Status::kOk;
  for (const auto& [name, component] : components) worst = std::max(worst, component.status);
  return worst;
}

}  // namespace parley::telemetry
