// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/health_report.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "control/families.h"

namespace parley::control {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kEventsTold = 20;

ordered_json engines_json(const std::vector<telemetry::EngineStatus>& engines) {
  ordered_json list = ordered_json::array();
  for (const auto& engine : engines) {
    list.push_back({{"name", engine.name},
                    {"state", to_string(engine.state)},
                    {"reason", engine.reason},
                    {"pids", engine.processes},
                    {"restarts", engine.restarts},
                    {"cpu_seconds", engine.cpu_seconds},
                    {"memory_bytes", engine.memory_bytes}});
  }
  return list;
}

ordered_json components_json(const telemetry::Health::Snapshot& health) {
  ordered_json components = ordered_json::object();
  for (const auto& [name, component] : health.components)
    components[name] = {{"status", to_string(component.status)}, {"reason", component.reason}};
  return components;
}

/// The newest last.
ordered_json events_json(const telemetry::Health::Snapshot& health) {
  ordered_json list = ordered_json::array();
  const std::size_t count = std::min(kEventsTold, health.events.size());
  for (auto event = health.events.end() - static_cast<std::ptrdiff_t>(count); event != health.events.end(); ++event)
    list.push_back(ordered_json::parse(to_json(*event)));
  return list;
}

}  // namespace

std::vector<prometheus::MetricFamily> health_report(const Sources& sources, const LoopWatch& watch) {
  const telemetry::Averages means = telemetry::averages(sources.ring.measures());
  Families out;
  out.gauge("chain_latency_ms",
            "Recognition, translation, synthesis and playout of an utterance, mean of the last 500.");
  out.add(means.chain_latency_ms);
  out.gauge("asr_to_tts_gap_ms", "Final text to first PCM, mean of the last 500 utterances.");
  out.add(means.asr_to_tts_gap_ms);
  out.gauge("active_sessions", "Calls that are on.");
  out.add(sources.loop.rooms);
  out.gauge("frames_per_sec", "Frames of 20 ms that came from all legs, per second over the last 5 s.");
  out.add(watch.frames_per_second());
  out.gauge("error_rate_pct", "Utterances that a fault kept from being translated, of the last 500 with words.");
  out.add(means.error_rate_pct);
  return out.take();
}

HealthAnswer health_answer(const Sources& sources, const LoopWatch& watch) {
  const auto health = sources.health.snapshot();
  const auto engines = sources.engines ? sources.engines() : std::vector<telemetry::EngineStatus>();
  const Readiness readiness = judge(health, engines, watch.stalled());
  ordered_json answer{{"status", to_string(readiness.state)},
                      {"reasons", readiness.reasons},
                      {"version", sources.version},
                      {"uptime_s", std::round(elapsed_ms(sources.began)) / 1000.0},
                      {"sessions", sources.loop.rooms.load()},
                      {"engines", engines_json(engines)},
                      {"components", components_json(health)},
                      {"events", events_json(health)}};
  if (sources.admission) {
    const Admission admission = sources.admission();
    answer["admission"] = {{"sessions", admission.calls}, {"limit", admission.limit}};
  }
  return {.ready = readiness.state, .json = answer.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n"};
}

}  // namespace parley::control
