// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/health.h"

#include <sstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "telemetry/engine_status.h"

namespace parley::telemetry {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Pair;
using testing::UnorderedElementsAre;

/// What is logged, a line each.
class CapturedLog {
 public:
  CapturedLog() {
    auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(std::move(logger));
  }
  std::string text() const { return text_.str(); }
  std::size_t lines() const { return static_cast<std::size_t>(std::ranges::count(text(), '\n')); }

 private:
  const KeepLogging keep_;
  std::ostringstream text_;
};

HealthEvent slow_recognition() {
  return {.session_id = "s1",
          .component = "recognition",
          .status = Status::kDegraded,
          .lag_ms = 412.4,
          .action = "pause",
          .reason = "the recogniser is behind"};
}

TEST(Health, NamesStatusesAndEngineStates) {
  EXPECT_EQ(to_string(Status::kOk), "ok");
  EXPECT_EQ(to_string(Status::kDegraded), "degraded");
  EXPECT_EQ(to_string(Status::kFailing), "failing");
  EXPECT_EQ(to_string(EngineState::kStarting), "starting");
  EXPECT_EQ(to_string(EngineState::kReady), "ready");
  EXPECT_EQ(to_string(EngineState::kRestarting), "restarting");
  EXPECT_EQ(to_string(EngineState::kFailed), "failed");
}

TEST(Health, AnEventIsALineOfJson) {
  HealthEvent event = slow_recognition();
  event.ts = std::chrono::system_clock::time_point(1'700'000'000'250ms);
  EXPECT_EQ(to_json(event),
            R"({"session_id":"s1","component":"recognition","status":"degraded","lag_ms":412.4,"action":"pause",)"
            R"("ts":"2023-11-14T22:13:20.250Z","reason":"the recogniser is behind"})");
  event.utterance_id = 7;
  EXPECT_EQ(nlohmann::json::parse(to_json(event)).at("utterance_id"), 7);
}

TEST(Health, KeepsCountsAndLogsWhatIsReported) {
  const CapturedLog log;
  Health health;
  HealthEvent event = slow_recognition();
  event.utterance_id = 3;
  health.report(event);
  health.report({.component = "synthesis", .status = Status::kFailing, .action = "give up"});
  EXPECT_EQ(log.text(),
            "warning [s1] #3 health: recognition is degraded, 412 ms late: pause: the recogniser is behind\n"
            "error health: synthesis is failing: give up\n");
  const auto now = health.snapshot();
  ASSERT_EQ(now.events.size(), 2);
  EXPECT_EQ(now.events[0].session_id, "s1");
  EXPECT_THAT(now.actions,
              UnorderedElementsAre(Pair(Pair("recognition", "pause"), 1), Pair(Pair("synthesis", "give up"), 1)));
  EXPECT_TRUE(now.components.empty());  // Events about calls do not change how the process is.
  EXPECT_EQ(now.status(), Status::kOk);
}

TEST(Health, AComponentsChangeIsAnEventAndItsStayingSoIsNone) {
  const CapturedLog log;
  Health health;
  health.set("ledger", Status::kDegraded, "drop", "the disk is full");
  health.set("ledger", Status::kDegraded, "drop", "the disk is full");
  EXPECT_EQ(health.snapshot().status(), Status::kDegraded);
  EXPECT_EQ(health.snapshot().components.at("ledger").reason, "the disk is full");
  health.set("translation:marian", Status::kFailing, "restart", "it died");
  EXPECT_EQ(health.snapshot().status(), Status::kFailing);
  health.set("ledger", Status::kOk, "heal");
  health.set("translation:marian", Status::kOk, "heal");
  EXPECT_EQ(health.snapshot().status(), Status::kOk);
  EXPECT_EQ(health.snapshot().events.size(), 4);
  EXPECT_EQ(log.lines(), 4);
  EXPECT_THAT(log.text(), HasSubstr("info health: ledger is ok: heal\n"));
}

TEST(Health, WhatFlapsIsCountedButFloodsNeitherTheLogNorTheEvents) {
  const CapturedLog log;
  Health health;
  health.report({.component = "admission", .action = "refuse"});
  for (int i = 0; i < 5000; ++i) {
    health.set("recognition:moonshine", Status::kFailing, "restart", "it died");
    health.set("recognition:moonshine", Status::kOk, "heal");
  }
  EXPECT_LE(log.lines(), 1 + 2 * EventLimiter::kAdmitted);
  const auto now = health.snapshot();
  EXPECT_EQ(now.events.size(), 1 + 2 * EventLimiter::kAdmitted);
  EXPECT_EQ(now.events.front().component, "admission");  // Was not pushed out.
  EXPECT_EQ(now.actions.at({"recognition:moonshine", "restart"}), 5000);
  EXPECT_EQ(now.components.at("recognition:moonshine").status, Status::kOk);
}

TEST(Health, KeepsTheLastEventsOnly) {
  const CapturedLog log;
  Health health;
  for (std::size_t i = 0; i < Health::kEventsKept + 3; ++i)
    health.report({.component = "profile", .action = fmt::format("action {}", i)});
  const auto now = health.snapshot();
  ASSERT_EQ(now.events.size(), Health::kEventsKept);
  EXPECT_EQ(now.events.front().action, "action 3");
}

TEST(Health, CountsOnlySoManyKindsApart) {
  const CapturedLog log;
  Health health;
  for (std::size_t i = 0; i < Health::kActionsCounted + 10; ++i)
    health.report({.component = fmt::format("component {}", i), .action = "drop"});
  const auto now = health.snapshot();
  EXPECT_EQ(now.actions.size(), Health::kActionsCounted + 1);
  EXPECT_EQ(now.actions.at({"other", "other"}), 10);
}

TEST(Health, ManyThreadsMayReportWhileOthersLook) {
  const CapturedLog log;
  Health health;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 500; ++i) {
        health.report({.component = "hearing", .action = "restart"});
        health.set(fmt::format("c{}", t), i % 2 == 0 ? Status::kOk : Status::kFailing, "flap");
        if (i % 50 == 0) health.snapshot();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  const auto actions = health.snapshot().actions;
  EXPECT_EQ(actions.at({"hearing", "restart"}), 2000);
  EXPECT_EQ(actions.at({"c3", "flap"}), 500);
}

constexpr auto kTenSeconds = EventLimiter::kWindow;
const SteadyClock::time_point kStart{};

TEST(EventLimiter, AdmitsTheFirstOfEachWindow) {
  EventLimiter limiter;
  const EventLimiter::Kind kind{.component = "c", .action = "a"};
  for (std::uint64_t i = 0; i < EventLimiter::kAdmitted; ++i) EXPECT_TRUE(limiter.admit(kind, kStart + 1ms * i));
  EXPECT_FALSE(limiter.admit(kind, kStart + 1s));
  EXPECT_TRUE(limiter.admit({.component = "c", .action = "another"}, kStart + 1s));
  EXPECT_TRUE(limiter.take_left_out(kStart + kTenSeconds - 1ms).empty());
  const auto rests = limiter.take_left_out(kStart + kTenSeconds);
  ASSERT_EQ(rests.size(), 1);
  EXPECT_EQ(rests[0].kind, kind);
  EXPECT_EQ(rests[0].events, 1);
  EXPECT_TRUE(limiter.take_left_out(kStart + kTenSeconds).empty());
  EXPECT_TRUE(limiter.admit(kind, kStart + kTenSeconds));
}

}  // namespace
}  // namespace parley::telemetry
