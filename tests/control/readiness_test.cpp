// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::control {
namespace {

using telemetry::EngineState;
using telemetry::EngineStatus;
using telemetry::Status;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Engines = std::vector<EngineStatus>;

Engines all_ready() {
  return {{.name = "recognition:moonshine", .state = EngineState::kReady},
          {.name = "recognition:whisper", .state = EngineState::kReady},
          {.name = "translation:marian", .state = EngineState::kReady},
          {.name = "synthesis:kokoro", .state = EngineState::kReady}};
}

Engines with(std::string_view name, EngineState state, std::string reason = {}) {
  Engines engines = all_ready();
  for (EngineStatus& engine : engines) {
    if (!engine.name.starts_with(name)) continue;
    engine.state = state;
    engine.reason = reason;
  }
  return engines;
}

telemetry::Health::Snapshot component(const std::string& name, Status status, std::string reason = {}) {
  telemetry::Health::Snapshot health;
  health.components[name] = {.status = status, .reason = std::move(reason)};
  return health;
}

TEST(Readiness, IsThereWhenAllIsWell) {
  const Readiness readiness = judge(component("ledger", Status::kOk), all_ready(), milliseconds(40));
  EXPECT_EQ(readiness.state, Ready::kReady);
  EXPECT_THAT(readiness.reasons, IsEmpty());
}

TEST(Readiness, IsDegradedDuringStartUp) {
  Engines engines = all_ready();
  for (auto& engine : engines) engine.state = EngineState::kStarting;
  const Readiness readiness = judge({}, engines, {});
  EXPECT_EQ(readiness.state, Ready::kDegraded);
  EXPECT_THAT(readiness.reasons, ElementsAre("recognition:moonshine is starting", "recognition:whisper is starting",
                                             "translation:marian is starting", "synthesis:kokoro is starting"));
}

TEST(Readiness, IsDegradedWhileOneEngineOfAStageIsAway) {
  const Readiness readiness = judge({}, with("recognition:whisper", EngineState::kRestarting, "it was killed"), {});
  EXPECT_EQ(readiness.state, Ready::kDegraded);
  EXPECT_THAT(readiness.reasons, ElementsAre("recognition:whisper is restarting: it was killed"));
}

TEST(Readiness, FailsWhileAStageHasNoEngine) {
  for (const EngineState state : {EngineState::kRestarting, EngineState::kFailed}) {
    EXPECT_EQ(judge({}, with("recognition:", state), {}).state, Ready::kFailing);
    EXPECT_EQ(judge({}, with("translation:", state), {}).state, Ready::kFailing);
    EXPECT_EQ(judge({}, with("synthesis:", state), {}).state, Ready::kFailing);
  }
  EXPECT_THAT(judge({}, with("translation:", EngineState::kFailed, "it died 5 times"), {}).reasons,
              ElementsAre("no engine is ready for translation: no call can be translated",
                          "translation:marian has failed: it died 5 times"));
}

TEST(Readiness, FailsWhenTheLoopStandsStill) {
  EXPECT_EQ(judge({}, all_ready(), milliseconds(999)).state, Ready::kReady);
  const Readiness readiness = judge({}, all_ready(), milliseconds(1250));
  EXPECT_EQ(readiness.state, Ready::kFailing);
  EXPECT_THAT(readiness.reasons, ElementsAre("the 20 ms loop has not ticked for 1.2 s"));
}

TEST(Readiness, IsDegradedByWhatIsNotVital) {
  const Readiness readiness = judge(component("ledger", Status::kFailing, "the disk is full"), all_ready(), {});
  EXPECT_EQ(readiness.state, Ready::kDegraded);
  EXPECT_THAT(readiness.reasons, ElementsAre("ledger is failing: the disk is full"));
  EXPECT_EQ(judge(component("admission", Status::kDegraded), all_ready(), {}).state, Ready::kDegraded);
}

TEST(Readiness, FailsWithAVitalComponent) {
  EXPECT_EQ(judge(component("media", Status::kFailing), all_ready(), {}).state, Ready::kFailing);
  EXPECT_EQ(judge(component("media", Status::kDegraded), all_ready(), {}).state, Ready::kDegraded);
}

TEST(Readiness, SaysTheSameOfAnEngineOnlyOnce) {
  const auto health = component("recognition:whisper", Status::kFailing, "it was killed");
  EXPECT_EQ(judge(health, with("recognition:whisper", EngineState::kRestarting, "it was killed"), {}).reasons.size(),
            1);
}

}  // namespace
}  // namespace parley::control
