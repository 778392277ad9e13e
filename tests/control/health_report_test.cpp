// SPDX-License-Identifier: GPL-3.0-or-later
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/fixture.h"
#include "telemetry/records.h"

namespace parley::control::testing {
namespace {

using nlohmann::json;
using telemetry::EngineState;
using telemetry::Status;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class TheHealth : public ServedDaemon {};

TEST_F(TheHealth, IsReadyWithAnEmptyListOfReasons) {
  serve();
  daemon_.loop.rooms = 3;
  const Reply reply = get(port(), "/health");
  EXPECT_EQ(reply.status, 200);
  const json health = json::parse(reply.body);
  EXPECT_EQ(health.at("status"), "ready");
  EXPECT_EQ(health.at("reasons"), json::array());
  EXPECT_EQ(health.at("version"), "1.2.3");
  EXPECT_EQ(health.at("sessions"), 3);
  EXPECT_GE(health.at("uptime_s"), 0.0);
  EXPECT_LT(health.at("uptime_s"), 60.0);
  EXPECT_EQ(health.at("components"), json::object());
  EXPECT_EQ(health.at("admission"), json({{"sessions", 2}, {"limit", 5}}));
  EXPECT_EQ(health.at("events"), json::array());
  EXPECT_EQ(health.at("engines")[0], json({{"name", "recognition:moonshine"},
                                           {"state", "ready"},
                                           {"reason", ""},
                                           {"pids", {101, 102}},
                                           {"restarts", 2},
                                           {"cpu_seconds", 1.5},
                                           {"memory_bytes", 1048576}}));
}

TEST_F(TheHealth, OfADegradedDaemonStillTakesCalls) {
  daemon_.set_engines({{.name = "recognition:moonshine", .state = EngineState::kStarting}});
  serve();
  daemon_.health.set("ledger", Status::kDegraded, "drop", "the disk is full");
  const Reply reply = get(port(), "/health");
  EXPECT_EQ(reply.status, 200);
  const json health = json::parse(reply.body);
  EXPECT_EQ(health.at("status"), "degraded");
  EXPECT_THAT(health.at("reasons"),
              ElementsAre("recognition:moonshine is starting", "ledger is degraded: the disk is full"));
  EXPECT_EQ(health.at("components").at("ledger"), json({{"status", "degraded"}, {"reason", "the disk is full"}}));
  EXPECT_EQ(health.at("events")[0].at("component"), "ledger");
}

TEST_F(TheHealth, OfAFailingDaemonSendsTheBalancerElsewhere) {
  daemon_.set_engines({{.name = "recognition:moonshine", .state = EngineState::kFailed, .reason = "it died 5 times"}});
  serve();
  const Reply reply = get(port(), "/health");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(json::parse(reply.body).at("status"), "failing");
  EXPECT_EQ(get(port(), "/metrics").status, 200);
}

TEST_F(TheHealth, FailsWithinTwoSecondsWhenTheLoopStandsStillAndComesBack) {
  serve();
  EXPECT_EQ(get(port(), "/health").status, 200);
  daemon_.ticks = false;
  const auto began = std::chrono::steady_clock::now();
  const Reply failing = get_until("/health", [](const Reply& reply) { return reply.status == 503; });
  EXPECT_EQ(failing.status, 503);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 700ms);
  EXPECT_THAT(failing.body, HasSubstr("the 20 ms loop has not ticked for"));
  daemon_.ticks = true;
  EXPECT_EQ(get_until("/health", [](const Reply& reply) { return reply.status == 200; }).status, 200);
}

TEST_F(TheHealth, TellsTheLastTwentyEvents) {
  serve();
  for (int i = 0; i < 30; ++i)
    daemon_.health.report({.session_id = "s1", .component = "hearing", .action = fmt::format("action {}", i)});
  const json events = json::parse(get(port(), "/health").body).at("events");
  ASSERT_EQ(events.size(), 20);
  EXPECT_EQ(events.front().at("action"), "action 10");
  EXPECT_EQ(events.back().at("action"), "action 29");
}

TEST_F(TheHealth, SurvivesNamesThatAreNoText) {
  daemon_.set_engines({{.name = "synthesis:\xff\"\n", .state = EngineState::kReady}});
  serve();
  daemon_.health.report({.session_id = "\xfe", .component = "hearing\n", .action = "re\"set\xff"});
  EXPECT_EQ(json::parse(get(port(), "/health").body).at("engines").size(), 1);
  EXPECT_THAT(get(port(), "/metrics").body, HasSubstr(R"(engine="�\"\n")"));
}

TEST_F(TheHealth, ReportIsFiveSeriesAndNothingElse) {
  serve();
  daemon_.loop.rooms = 2;
  daemon_.ring.on_utterance(telemetry::answered());
  telemetry::UtteranceRecord lost = telemetry::answered();
  lost.outcome = telemetry::Outcome::kUntranslated;
  lost.error = "no engine";
  daemon_.ring.on_utterance(lost);
  const Reply reply = get(port(), "/health/report");
  const auto five = series(reply.body);
  EXPECT_EQ(five.size(), 5);
  EXPECT_NEAR(five.at("chain_latency_ms"), 225.76, 1e-6);
  EXPECT_EQ(five.at("asr_to_tts_gap_ms"), 114);
  EXPECT_EQ(five.at("active_sessions"), 2);
  EXPECT_TRUE(five.contains("frames_per_sec"));
  EXPECT_EQ(five.at("error_rate_pct"), 50);
  EXPECT_EQ(std::ranges::count(reply.body, '\n'), 15);  // With HELP and TYPE of each.
}

TEST_F(TheHealth, ReportsFramesPerSecond) {
  serve();
  std::jthread leg([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      daemon_.loop.frames_in += 1;
      std::this_thread::sleep_for(5ms);
    }
  });
  const Reply reply = get_until("/health/report", [](const Reply& r) { return series(r.body)["frames_per_sec"] > 20; });
  const double rate = series(reply.body)["frames_per_sec"];
  EXPECT_GT(rate, 20);
  EXPECT_LT(rate, 210);
}

}  // namespace
}  // namespace parley::control::testing
