// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdlib>
#include <fstream>
#include <regex>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/collector.h"
#include "control/fixture.h"
#include "telemetry/records.h"

namespace parley::control::testing {
namespace {

using prometheus::MetricType;

class TheMetrics : public ServedDaemon {
 protected:
  void fill() {
    telemetry::UtteranceRecord retried = telemetry::answered();
    retried.retries = 2;
    daemon_.histograms.on_utterance(retried);
    daemon_.histograms.on_utterance(telemetry::clause_by_clause());
    daemon_.loop.frames_in += 1000;
    daemon_.loop.frames_out += 900;
    daemon_.loop.legs = 4;
    daemon_.loop.rooms = 2;
    daemon_.loop.dropped[static_cast<std::size_t>(telemetry::Queue::kSend)] += 7;
    daemon_.loop.depth[static_cast<std::size_t>(telemetry::Queue::kPlayback)] = 6;
    daemon_.health.set("ledger", telemetry::Status::kDegraded, "drop", "the disk is full");
    daemon_.health.report({.session_id = "s", .component = "recognition", .action = "pause"});
  }

  std::map<std::string, double> scrape() { return series(get(port(), "/metrics").body); }
};

TEST_F(TheMetrics, AreWhatIsCounted) {
  fill();
  serve();
  auto found = scrape();
  EXPECT_EQ(found.at(R"(parley_frames_total{direction="in"})"), 1000);
  EXPECT_EQ(found.at(R"(parley_frames_total{direction="out"})"), 900);
  EXPECT_EQ(found.at("parley_legs"), 4);
  EXPECT_EQ(found.at("parley_sessions"), 2);
  EXPECT_EQ(found.at("parley_translated_sessions"), 2);
  EXPECT_EQ(found.at("parley_capacity_sessions"), 5);
  EXPECT_EQ(found.at("parley_talker_cost_cores"), 0.4);
  EXPECT_EQ(found.at(R"(parley_queue_dropped_total{queue="send"})"), 7);
  EXPECT_EQ(found.at(R"(parley_queue_dropped_total{queue="input"})"), 0);
  EXPECT_EQ(found.at(R"(parley_queue_depth{queue="playback"})"), 6);
  EXPECT_EQ(found.at(R"(parley_engine_state{stage="recognition",engine="moonshine",state="ready"})"), 1);
  EXPECT_EQ(found.at(R"(parley_engine_state{stage="recognition",engine="moonshine",state="failed"})"), 0);
  EXPECT_EQ(found.at(R"(parley_engine_processes{stage="recognition",engine="moonshine"})"), 2);
  EXPECT_EQ(found.at(R"(parley_engine_restarts_total{stage="recognition",engine="moonshine"})"), 2);
  EXPECT_EQ(found.at(R"(parley_engine_cpu_seconds_total{stage="recognition",engine="moonshine"})"), 1.5);
  EXPECT_EQ(found.at(R"(parley_engine_memory_bytes{stage="recognition",engine="moonshine"})"), 1048576);
  EXPECT_EQ(found.at(R"(parley_readiness{status="degraded"})"), 1);
  EXPECT_EQ(found.at(R"(parley_readiness{status="ready"})"), 0);
  EXPECT_EQ(found.at(R"(parley_component_status{component="ledger",status="degraded"})"), 1);
  EXPECT_EQ(found.at(R"(parley_health_actions_total{component="recognition",action="pause"})"), 1);
  EXPECT_EQ(found.at(R"(parley_build_info{version="1.2.3"})"), 1);
  EXPECT_EQ(found.at(R"(parley_utterances_total{from="en",to="pt",outcome="answered"})"), 2);
  EXPECT_EQ(found.at(R"(parley_retries_total{from="en",to="pt"})"), 2);
  EXPECT_EQ(found.at(R"(parley_speculations_wasted_total{from="en",to="pt"})"), 1);
}

TEST_F(TheMetrics, HaveHistogramsOfEveryLagAndStageByDirection) {
  fill();
  serve();
  auto found = scrape();
  for (const auto* lag : {"response", "onset", "finish"})
    EXPECT_EQ(found.at(fmt::format(R"(parley_lag_seconds_count{{from="en",to="pt",lag="{}"}})", lag)), 2);
  for (const auto* stage : {"endpoint", "queue", "recognition", "translation", "synthesis", "playout"}) {
    EXPECT_EQ(found.at(fmt::format(R"(parley_stage_seconds_count{{from="en",to="pt",stage="{}"}})", stage)), 2);
    EXPECT_EQ(found.at(fmt::format(R"(parley_stage_seconds_bucket{{from="en",to="pt",stage="{}",le="+Inf"}})", stage)),
              2);
  }
  EXPECT_NEAR(found.at(R"(parley_stage_seconds_sum{from="en",to="pt",stage="recognition"})"), 2 * 0.09876, 1e-9);
  EXPECT_EQ(found.at(R"(parley_stage_seconds_bucket{from="en",to="pt",stage="recognition",le="0.075"})"), 0);
  EXPECT_EQ(found.at(R"(parley_stage_seconds_bucket{from="en",to="pt",stage="recognition",le="0.1"})"), 2);
}

TEST_F(TheMetrics, HaveTheLoopsLatenessInSeconds) {
  daemon_.end_ticking();
  serve();
  auto before = scrape();
  daemon_.loop.note_tick(4.5);
  daemon_.loop.note_tick(1000);
  auto found = scrape();
  const auto grown = [&](const std::string& name) { return found.at(name) - before.at(name); };
  EXPECT_EQ(grown(R"(parley_tick_lateness_seconds_bucket{le="0.004"})"), 0);
  EXPECT_EQ(grown(R"(parley_tick_lateness_seconds_bucket{le="0.005"})"), 1);
  EXPECT_EQ(grown(R"(parley_tick_lateness_seconds_bucket{le="0.2"})"), 1);
  EXPECT_EQ(grown(R"(parley_tick_lateness_seconds_bucket{le="+Inf"})"), 2);
  EXPECT_EQ(grown("parley_tick_lateness_seconds_count"), 2);
  EXPECT_NEAR(grown("parley_tick_lateness_seconds_sum"), 1.0045, 1e-9);
  EXPECT_EQ(found.at("parley_tick_lateness_max_seconds"), 1);
}

TEST_F(TheMetrics, TellWhatTheProcessUses) {
  serve();
  auto found = scrape();
  EXPECT_GT(found.at("parley_process_resident_memory_bytes"), 1e6);
  EXPECT_GT(found.at("parley_process_virtual_memory_bytes"), found.at("parley_process_resident_memory_bytes"));
  EXPECT_GT(found.at("parley_process_open_fds"), 3);
  EXPECT_GT(found.at("parley_process_max_fds"), found.at("parley_process_open_fds"));
  EXPECT_GE(found.at("parley_process_threads"), 3);
  EXPECT_GT(found.at("parley_process_cpu_seconds_total"), 0);
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_NEAR(found.at("parley_process_start_time_seconds"), now, 120);
}

TEST_F(TheMetrics, CountTheRequestsThemselves) {
  serve();
  get(port(), "/health");
  get(port(), "/nowhere");
  auto found = scrape();
  EXPECT_EQ(found.at(R"(parley_http_requests_total{path="/health",code="200"})"), 1);
  EXPECT_EQ(found.at(R"(parley_http_requests_total{path="other",code="404"})"), 1);
  EXPECT_EQ(found.at("parley_http_connections_refused_total"), 0);
}

TEST_F(TheMetrics, ComeWhole) {
  serve();
  std::atomic<bool> stop = false;
  std::vector<std::jthread> writers;
  for (int i = 0; i < 2; ++i) {
    writers.emplace_back([&] {
      while (!stop) {
        fill();
        daemon_.ring.on_utterance(telemetry::clause_by_clause());
        daemon_.set_engines({{.name = "recognition:moonshine", .state = telemetry::EngineState::kRestarting}});
      }
    });
  }
  double answered = 0;
  for (int i = 0; i < 30; ++i) {
    auto found = scrape();
    const double now = found[R"(parley_utterances_total{from="en",to="pt",outcome="answered"})"];
    EXPECT_GE(now, answered);
    EXPECT_EQ(now, found[R"(parley_lag_seconds_count{from="en",to="pt",lag="response"})"]);
    EXPECT_EQ(series(get(port(), "/health/report").body).size(), 5);
    answered = now;
  }
  EXPECT_GT(answered, 0);
  stop = true;
}

// --- What docs/metrics.md says of them.

const char* name_of(MetricType type) {
  switch (type) {
    case MetricType::Counter: return "counter";
    case MetricType::Gauge: return "gauge";
    case MetricType::Histogram: return "histogram";
    default: return "";
  }
}

/// "parley_x gauge a, b": name, type and labels, in order.
std::set<std::string> documented() {
  const char* source = std::getenv("PARLEY_SOURCE_DIR");
  std::ifstream file(std::string(source != nullptr ? source : ".") + "/docs/metrics.md");
  EXPECT_TRUE(file) << "run by ctest, or in the source directory";
  const std::regex row(R"(^\| `(parley_[a-z_]+)` \| (\w+) \| ([^|]*) \|.*)");
  std::set<std::string> rows;
  for (std::string line; std::getline(file, line);) {
    std::smatch match;
    if (std::regex_match(line, match, row))
      EXPECT_TRUE(rows.insert(fmt::format("{} {} {}", match[1].str(), match[2].str(), match[3].str())).second) << line;
  }
  return rows;
}

TEST_F(TheMetrics, AreExactlyTheDocumentedOnes) {
  fill();
  const Sources sources = daemon_.sources();
  const LoopWatch watch(daemon_.loop, SteadyClock::now());
  HttpCounts http;
  http.answers[{"/metrics", 200}] = 1;
  std::set<std::string> given;
  for (const auto& family : Collector(sources, watch, http).Collect()) {
    ASSERT_FALSE(family.metric.empty()) << family.name;
    std::string labels;
    for (const auto& label : family.metric[0].label)
      labels += fmt::format("{}`{}`", labels.empty() ? "" : ", ", label.name);
    given.insert(fmt::format("{} {} {}", family.name, name_of(family.type), labels.empty() ? "–" : labels));
  }
  EXPECT_EQ(given, documented());
}

TEST_F(TheMetrics, AreThereBeforeAnythingHappened) {
  const Sources sources = daemon_.sources();
  const LoopWatch watch(daemon_.loop, SteadyClock::now());
  const HttpCounts http;
  const auto empty = Collector(sources, watch, http).Collect();
  fill();
  EXPECT_EQ(empty.size(), Collector(sources, watch, http).Collect().size());
}

TEST_F(TheMetrics, AreNamedAsPrometheusAdvises) {
  fill();
  const Sources sources = daemon_.sources();
  const LoopWatch watch(daemon_.loop, SteadyClock::now());
  const HttpCounts http;
  for (const auto& family : Collector(sources, watch, http).Collect()) {
    EXPECT_TRUE(family.name.starts_with("parley_")) << family.name;
    EXPECT_EQ(family.name.ends_with("_total"), family.type == MetricType::Counter) << family.name;
    EXPECT_FALSE(family.name.find("_ms") != std::string::npos) << family.name;  // Base units.
    EXPECT_TRUE(family.help.ends_with('.')) << family.name;
  }
}

}  // namespace
}  // namespace parley::control::testing
