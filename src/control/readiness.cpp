// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/readiness.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "control/engine_name.h"

namespace parley::control {
namespace {

using telemetry::EngineState;
using telemetry::EngineStatus;
using telemetry::Status;

/// Without one of them no call is translated, or none is carried.
constexpr std::array<std::string_view, 4> kVital = {"media", "recognition", "translation", "synthesis"};

class Judgement {
 public:
  void add(Ready state, std::string reason) {
    readiness_.state = std::max(readiness_.state, state);
    readiness_.reasons.push_back(std::move(reason));
  }
  Readiness take() { return std::move(readiness_); }

 private:
  Readiness readiness_;
};

std::string because(std::string_view reason) { return reason.empty() ? "" : fmt::format(": {}", reason); }

void judge_engines(std::span<const EngineStatus> engines, Judgement& judgement) {
  struct Stage {
    bool has_ready = false;
    bool has_starting = false;
  };
  std::map<std::string_view, Stage> stages;
  for (const EngineStatus& engine : engines) {
    Stage& stage = stages[parts_of(engine.name).stage];
    stage.has_ready |= engine.state == EngineState::kReady;
    stage.has_starting |= engine.state == EngineState::kStarting;
  }
  for (const auto& [name, stage] : stages) {
    if (!stage.has_ready && !stage.has_starting)
      judgement.add(Ready::kFailing, fmt::format("no engine is ready for {}: no call can be translated", name));
  }
  for (const EngineStatus& engine : engines) {
    if (engine.state != EngineState::kReady)
      judgement.add(Ready::kDegraded,
                    fmt::format("{} {} {}{}", engine.name, engine.state == EngineState::kFailed ? "has" : "is",
                                to_string(engine.state), because(engine.reason)));
  }
}

}  // namespace

std::string_view to_string(Ready ready) {
  switch (ready) {
    case Ready::kReady: return "ready";
    case Ready::kDegraded: return "degraded";
    case Ready::kFailing: return "failing";
  }
  return {};
}

Readiness judge(const telemetry::Health::Snapshot& health, std::span<const EngineStatus> engines,
                milliseconds stalled) {
  Judgement judgement;
  if (stalled >= kStandstill) {
    judgement.add(Ready::kFailing, fmt::format("the 20 ms loop has not ticked for {:.1f} s",
                                               static_cast<double>(stalled.count()) / 1e3));
  }
  judge_engines(engines, judgement);
  for (const auto& [name, component] : health.components) {
    if (component.status == Status::kOk) continue;
    if (std::ranges::find(engines, name, &EngineStatus::name) != engines.end()) continue;  // Its state says it already.
    const bool vital = component.status == Status::kFailing && std::ranges::find(kVital, name) != kVital.end();
    judgement.add(vital ? Ready::kFailing : Ready::kDegraded,
                  fmt::format("{} is {}{}", name, to_string(component.status), because(component.reason)));
  }
  return judgement.take();
}

}  // namespace parley::control
