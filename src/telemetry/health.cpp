// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/health.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include "base/log_line.h"

namespace parley::telemetry {
namespace {

spdlog::level::level_enum level_of(Status status) {
  switch (status) {
    case Status::kOk: return spdlog::level::info;
    case Status::kDegraded: return spdlog::level::warn;
    case Status::kFailing: return spdlog::level::err;
  }
  return spdlog::level::err;
}

/// "[session] #7 " as far as they are known, as in every line of log.
std::string concerning(const HealthEvent& event) {
  std::string text;
  if (!event.session_id.empty()) text += fmt::format("[{}] ", event.session_id);
  if (event.utterance_id != 0) text += fmt::format("#{} ", event.utterance_id);
  return text;
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
  nlohmann::ordered_json line{
      {"session_id", event.session_id}, {"component", event.component}, {"status", to_string(event.status)},
      {"lag_ms", event.lag_ms},         {"action", event.action},       {"ts", parley::iso8601(event.ts)},
      {"reason", event.reason}};
  if (event.utterance_id != 0) line["utterance_id"] = event.utterance_id;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void Health::report(HealthEvent event) {
  const News news = [&] {
    const std::lock_guard lock(mutex_);
    return keep(event);
  }();
  log(event, news);
}

void Health::set(std::string_view component, Status status, std::string_view action, std::string_view reason) {
  const HealthEvent event{.component = std::string(component),
                          .status = status,
                          .action = std::string(action),
                          .reason = std::string(reason)};
  News news;
  {
    const std::lock_guard lock(mutex_);
    const auto known = components_.find(component);
    if (known != components_.end() && known->second.status == status && known->second.reason == reason) return;
    components_[event.component] = {.status = status, .reason = event.reason};
    news = keep(event);
  }
  log(event, news);
}

Health::News Health::keep(const HealthEvent& event) {
  const auto key = std::pair(event.component, event.action);
  if (actions_.size() < kActionsCounted || actions_.contains(key)) {
    ++actions_[key];
  } else {
    ++actions_[{"other", "other"}];
  }
  const auto now = SteadyClock::now();
  News news{.left_out = limiter_.take_left_out(now)};
  news.is_admitted =
      limiter_.admit({.component = event.component, .action = event.action, .status = event.status}, now);
  if (news.is_admitted) {
    events_.push_back(event);
    if (events_.size() > kEventsKept) events_.pop_front();
  }
  return news;
}

void Health::log_left_out(const News& news) {
  for (const auto& [kind, events] : news.left_out) {
    spdlog::log(level_of(kind.status), "health: {} was {} {} times more within {} s: {}", kind.component,
                to_string(kind.status), events, EventLimiter::kWindow.count(), kind.action);
  }
}

void Health::log(const HealthEvent& event, const News& news) {
  log_left_out(news);
  if (!news.is_admitted) return;
  spdlog::log(level_of(event.status), "{}health: {} is {}{}: {}{}{}", concerning(event), event.component,
              to_string(event.status), event.lag_ms > 0.0 ? fmt::format(", {:.0f} ms late", event.lag_ms) : "",
              event.action, event.reason.empty() ? "" : ": ", event.reason);
}

Health::Snapshot Health::snapshot() const {
  News news;
  Snapshot now;
  {
    const std::lock_guard lock(mutex_);
    news.left_out = limiter_.take_left_out(SteadyClock::now());
    now = {.components = {components_.begin(), components_.end()},
           .events = {events_.begin(), events_.end()},
           .actions = actions_};
  }
  log_left_out(news);
  return now;
}

Status Health::Snapshot::status() const {
  Status worst = Status::kOk;
  for (const auto& [name, component] : components) worst = std::max(worst, component.status);
  return worst;
}

}  // namespace parley::telemetry
