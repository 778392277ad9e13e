// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/collector.h"

#include <array>
#include <sstream>

#include <prometheus/text_serializer.h>

#include "control/engine_name.h"
#include "control/families.h"
#include "control/process_usage.h"
#include "control/readiness.h"

namespace parley::control {
namespace {

using telemetry::DirectionTotals;
using telemetry::EngineState;
using telemetry::EngineStatus;
using telemetry::LoopStats;
using telemetry::Measure;
using telemetry::Outcome;
using telemetry::Queue;
using telemetry::Status;

/// The names of an enumeration's values, in order, as labels have them.
template <typename Enum, std::size_t kCount>
std::array<std::string_view, kCount> names() {
  std::array<std::string_view, kCount> all;
  for (std::size_t i = 0; i < kCount; ++i) all[i] = to_string(static_cast<Enum>(i));
  return all;
}

double number(std::uint64_t count) { return static_cast<double>(count); }

Labels direction_labels(const DirectionTotals& direction) {
  return labels({{"from", direction.pair.from.code()}, {"to", direction.pair.to.code()}});
}

Labels with(Labels base, const char* name, std::string_view value) {
  base.push_back({name, std::string(value)});
  return base;
}

void add_measures(Families& out, const std::vector<DirectionTotals>& directions, const char* label, Measure first,
                  Measure last, std::string_view suffix) {
  for (const DirectionTotals& direction : directions) {
    for (auto i = static_cast<std::size_t>(first); i <= static_cast<std::size_t>(last); ++i) {
      std::string_view name = to_string(static_cast<Measure>(i));
      if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
      const telemetry::Histogram& histogram = direction.histograms[i];
      out.add_histogram(histogram.bounds(), histogram.buckets(), histogram.sum(),
                        with(direction_labels(direction), label, name));
    }
  }
}

void add_latency(Families& out, const std::vector<DirectionTotals>& directions) {
  out.histogram("parley_lag_seconds",
                "What callers feel: response (last voiced sample to the answer's first frame), onset, finish.");
  add_measures(out, directions, "lag", Measure::kResponseLag, Measure::kFinishLag, "_lag");
  out.histogram("parley_stage_seconds", "What each stage of an utterance's last clause took.");
  add_measures(out, directions, "stage", Measure::kEndpoint, Measure::kPlayout, "");
}

void add_utterances(Families& out, const std::vector<DirectionTotals>& directions) {
  out.counter("parley_utterances_total", "Utterances that are over, by how they ended.");
  for (const DirectionTotals& direction : directions) {
    for (std::size_t i = 0; i < direction.outcomes.size(); ++i) {
      out.add(number(direction.outcomes[i]),
              with(direction_labels(direction), "outcome", to_string(static_cast<Outcome>(i))));
    }
  }
  const auto count = [&](const char* name, const char* help, auto value) {
    out.counter(name, help);
    for (const DirectionTotals& direction : directions)
      out.add(static_cast<double>(value(direction)), direction_labels(direction));
  };
  count("parley_retries_total", "Times a stage that had failed was tried again for an utterance.",
        [](const auto& d) { return d.retries; });
  count("parley_partials_total", "Hypotheses recognised while somebody was still speaking.",
        [](const auto& d) { return d.partials; });
  count("parley_speculations_total", "Answers worked out in a pause before it was certain that it was the end.",
        [](const auto& d) { return d.speculations; });
  count("parley_speculations_wasted_total", "Of them, thrown away because the speaker went on.",
        [](const auto& d) { return d.speculations_wasted; });
  count("parley_utterances_ready_early_total", "Utterances whose answer was ready before their end was certain.",
        [](const auto& d) { return d.speculated; });
  count("parley_phrases_cut_total", "Phrases that were committed and not played to their end.",
        [](const auto& d) { return d.phrases_cut; });
  count("parley_playout_saved_seconds_total", "How much shorter playout became by playing faster.",
        [](const auto& d) { return d.stretched_s; });
}

void add_loop(Families& out, const LoopStats& loop, const LoopWatch& watch) {
  constexpr std::size_t kBounds = LoopStats::kLateBounds.size();
  std::array<double, kBounds> bounds{};
  for (std::size_t i = 0; i < kBounds; ++i) bounds[i] = LoopStats::kLateBounds[i] / 1e3;
  out.histogram("parley_tick_lateness_seconds", "How late each tick of the 20 ms loop began.");
  out.add_histogram(bounds, loop.late_ticks(), loop.late_sum_ms() / 1e3);
  out.gauge("parley_tick_lateness_max_seconds", "The latest tick since the process began.");
  out.add(loop.latest_ms() / 1e3);
  out.counter("parley_ticks_skipped_total", "Ticks that did not take place because the loop was too late for them.");
  out.add(number(loop.ticks_skipped));
  out.gauge("parley_loop_stalled_seconds", "For how long the loop was seen not to tick.");
  out.add(static_cast<double>(watch.stalled().count()) / 1e3);
  out.counter("parley_frames_total", "Frames of 20 ms taken from legs (in) and given to them (out).");
  out.add(number(loop.frames_in), labels({{"direction", "in"}}));
  out.add(number(loop.frames_out), labels({{"direction", "out"}}));
  out.gauge("parley_legs", "Legs that are connected.");
  out.add(loop.legs);
  out.gauge("parley_sessions", "Calls that are on.");
  out.add(loop.rooms);
}

void add_queues(Families& out, const LoopStats& loop) {
  out.counter("parley_queue_dropped_total", "Entries dropped because a queue was full: frames, utterances or phrases.");
  for (std::size_t i = 0; i < telemetry::kQueues; ++i)
    out.add(number(loop.dropped[i]), labels({{"queue", to_string(static_cast<Queue>(i))}}));
  out.gauge("parley_queue_depth", "Entries in the fullest queue of all calls, as it was last looked at.");
  for (std::size_t i = 0; i < telemetry::kQueues; ++i)
    out.add(loop.depth[i], labels({{"queue", to_string(static_cast<Queue>(i))}}));
}

void add_admission(Families& out, const Sources& sources) {
  const Admission admission = sources.admission ? sources.admission() : Admission();
  const auto gauge = [&](const char* name, const char* help, double value) {
    out.gauge(name, help);
    if (sources.admission) out.add(value);
  };
  gauge("parley_translated_sessions", "Calls that were admitted to be translated.", admission.calls);
  gauge("parley_capacity_sessions", "Calls that this machine translates at once, at most.", admission.limit);
  gauge("parley_talker_cost_cores", "Cores that one who speaks takes, as it was measured.", admission.cores_per_talker);
}

void add_engines(Families& out, const std::vector<EngineStatus>& engines) {
  constexpr std::size_t kStates = static_cast<std::size_t>(EngineState::kFailed) + 1;
  const auto states = names<EngineState, kStates>();
  const auto name = [](const EngineStatus& engine) {
    const auto [stage, itself] = parts_of(engine.name);
    return labels({{"stage", stage}, {"engine", itself}});
  };
  out.gauge("parley_engine_state", "1 for the state that the engine is in, 0 for the others.");
  for (const auto& engine : engines) out.add_state(states, to_string(engine.state), "state", name(engine));
  out.gauge("parley_engine_processes", "Processes of the engine, the one that stands by included; 0: inside parleyd.");
  for (const auto& engine : engines) out.add(number(engine.processes.size()), name(engine));
  out.counter("parley_engine_restarts_total", "Processes of the engine that died or were ended.");
  for (const auto& engine : engines) out.add(number(engine.restarts), name(engine));
  out.counter("parley_engine_cpu_seconds_total", "CPU time of all the engine's processes.");
  for (const auto& engine : engines) out.add(engine.cpu_seconds, name(engine));
  out.gauge("parley_engine_memory_bytes", "Resident memory of the engine's processes.");
  for (const auto& engine : engines) out.add(number(engine.memory_bytes), name(engine));
}

void add_health(Families& out, const telemetry::Health::Snapshot& health, const std::vector<EngineStatus>& engines,
                const LoopWatch& watch) {
  const auto statuses = names<Status, telemetry::kStatuses>();
  out.gauge("parley_readiness", "1 for what /health says (ready, degraded, failing), 0 for the others.");
  out.add_state(names<Ready, kReadyStates>(), to_string(judge(health, engines, watch.stalled()).state), "status", {});
  out.gauge("parley_component_status", "1 for how the part of the process is doing, 0 for the other states.");
  for (const auto& [name, component] : health.components)
    out.add_state(statuses, to_string(component.status), "status", labels({{"component", name}}));
  out.counter("parley_health_actions_total", "What was done about something that did not work as it should.");
  for (const auto& [what, times] : health.actions)
    out.add(number(times), labels({{"component", what.first}, {"action", what.second}}));
}

void add_process(Families& out, const Sources& sources) {
  const ProcessUsage usage = process_usage();
  out.gauge("parley_build_info", "1; the version is in the label.");
  out.add(1.0, labels({{"version", sources.version}}));
  out.gauge("parley_process_start_time_seconds", "When the process began, since 1970.");
  out.add(usage.start_time);
  out.counter("parley_process_cpu_seconds_total", "CPU time of parleyd itself, without its engines' processes.");
  out.add(usage.cpu_seconds);
  out.gauge("parley_process_resident_memory_bytes", "Resident memory of parleyd itself.");
  out.add(number(usage.resident_bytes));
  out.gauge("parley_process_virtual_memory_bytes", "Address space of parleyd itself.");
  out.add(number(usage.virtual_bytes));
  out.gauge("parley_process_threads", "Threads of parleyd itself.");
  out.add(number(usage.threads));
  out.gauge("parley_process_open_fds", "Open descriptors of parleyd itself.");
  out.add(number(usage.open_descriptors));
  out.gauge("parley_process_max_fds", "How many descriptors it may open.");
  out.add(number(usage.max_descriptors));
}

void add_http(Families& out, const HttpCounts& http) {
  out.counter("parley_http_requests_total", "HTTP requests answered, by path and status code.");
  for (const auto& [what, times] : http.answers)
    out.add(number(times), labels({{"path", what.first}, {"code", std::to_string(what.second)}}));
  out.gauge("parley_http_connections", "Open HTTP connections.");
  out.add(number(http.connections));
  out.counter("parley_http_connections_refused_total", "HTTP connections refused because there were too many.");
  out.add(number(http.refused));
}

}  // namespace

std::vector<prometheus::MetricFamily> Collector::Collect() const {
  const auto directions = sources_.histograms.snapshot();
  const auto engines = sources_.engines ? sources_.engines() : std::vector<EngineStatus>();
  Families out;
  add_latency(out, directions);
  add_utterances(out, directions);
  add_loop(out, sources_.loop, watch_);
  add_queues(out, sources_.loop);
  add_admission(out, sources_);
  add_engines(out, engines);
  add_health(out, sources_.health.snapshot(), engines, watch_);
  add_process(out, sources_);
  add_http(out, http_);
  return out.take();
}

std::string to_text(const std::vector<prometheus::MetricFamily>& families) {
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families);
  return std::move(out).str();
}

}  // namespace parley::control
