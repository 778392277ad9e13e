// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>
#include <sys/wait.h>

#include <fstream>
#include <future>
#include <set>

#include <gmock/gmock.h>

#include "fixture.h"

namespace parley::workers::testing {
namespace {

using telemetry::EngineState;
using telemetry::Status;
using ::testing::HasSubstr;

class PoolTest : public WorkersTest {
 protected:
  /// The script is the end of the process that gets it; whoever asks gets an answer all the same.
  double survives(const std::string& script) {
    start_translator();
    EXPECT_TRUE(wait_until_ready());
    const auto before = status().processes;
    const auto begin = SteadyClock::now();
    const auto answer = tell(once(script));
    const double took = elapsed_ms(begin);
    EXPECT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer.value_or(""), "again");
    EXPECT_EQ(status().restarts, 1U);
    EXPECT_EQ(status().processes.front(), before.back()) << "the spare took over";
    EXPECT_TRUE(wait_until_ready()) << "there is a new spare";
    EXPECT_EQ(times_ready_, 1) << "it was there all the time";
    EXPECT_EQ(health_.snapshot().components.at("translation:plain").status, Status::kOk);
    EXPECT_TRUE(reported("restart", "its spare took over"));
    RecordProperty("ms", std::to_string(took));
    return took;
  }
};

TEST_F(PoolTest, AnswersFromAProcessOfItsOwn) {
  start_translator();
  EXPECT_FALSE(translator_->ready());
  EXPECT_TRUE(translator_->supports({kEnglish, kPortuguese})) << "as configured, before it is known";
  EXPECT_FALSE(translator_->supports({kEnglish, kFrench}));
  ASSERT_TRUE(wait_until_ready());
  EXPECT_TRUE(translator_->ready());
  EXPECT_TRUE(translator_->supports({kEnglish, kFrench})) << "as the engine says";
  EXPECT_FALSE(translator_->rules(kEnglish).abbreviations.empty()) << "answered here";
  EXPECT_EQ(tell("echo a b").value(), "a b");
  EXPECT_EQ(tell("pid").value(), std::to_string(status().processes.front()));
  EXPECT_EQ(times_ready_, 1);
  EXPECT_GT(status().memory_bytes, 100'000U);
  EXPECT_EQ(health_.snapshot().components.at("translation:plain").status, Status::kOk);
}

TEST_F(PoolTest, EnginesErrorsComeBackAsTheyAre) {
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  EXPECT_EQ(tell("refuse").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(tell("refuse").error().message, "refused");
  EXPECT_EQ(tell("throw").error().code, ErrorCode::kInternal);
  EXPECT_EQ(status().restarts, 0U);
}

TEST_F(PoolTest, TwoThreadsUseOneProcessAtOnce) {
  config_.supervision.limits.translation = 2s;
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  const auto begin = SteadyClock::now();
  auto other = std::async(std::launch::async, [&] { return tell("sleep 300"); });
  const auto one = tell("sleep 300");
  const auto two = other.get();
  EXPECT_LT(elapsed_ms(begin), 550);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(*one, *two);
}

TEST_F(PoolTest, ACrashIsNoticedAtOnce) { EXPECT_LT(survives("crash"), 1000); }
TEST_F(PoolTest, AProcessMayEndByItself) { EXPECT_LT(survives("exit"), 1000); }
TEST_F(PoolTest, GarbageEndsTheProcess) { EXPECT_LT(survives("garbage"), 1000); }
TEST_F(PoolTest, AMalformedAnswerEndsTheProcess) { EXPECT_LT(survives("nonsense"), 1000); }
TEST_F(PoolTest, ASleepingThreadHangs) { EXPECT_LT(survives("hang"), 2000); }
TEST_F(PoolTest, AStoppedProcessHangs) { EXPECT_LT(survives("stop"), 2000); }
TEST_F(PoolTest, ARunawayHangs) {
  config_.supervision.limits.absolute = 60s;  // A busy machine needs long to give it what is too much.
  EXPECT_LT(survives("spin"), 20'000);
}

TEST_F(PoolTest, ProgressWithoutEndHasALimitToo) {
  config_.supervision.limits.absolute = 800ms;
  EXPECT_LT(survives("flood"), 3000);
}

TEST_F(PoolTest, AProcessThatWorksIsNotEndedForBeingSlow) {
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  const auto pid = status().processes.front();
  EXPECT_EQ(tell("burn 450").value(), std::to_string(pid));  // Limit: 300 ms.
  EXPECT_EQ(status().restarts, 0U);
}

TEST_F(PoolTest, WhatKillsTwoProcessesIsNotTriedOnAThird) {
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  const auto answer = tell("crash");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::kInternal);
  EXPECT_THAT(answer.error().message, HasSubstr("died twice"));
  EXPECT_EQ(status().restarts, 2U);
  EXPECT_TRUE(eventually([&] { return translator_->ready(); })) << "and it goes on";
  EXPECT_EQ(tell("echo x").value(), "x");
}

TEST_F(PoolTest, NobodyElseIsBlamedForWhatKillsProcesses) {
  config_.threads = 3;
  config_.supervision.limits.translation = 2s;
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  auto innocent = std::async(std::launch::async, [&] { return tell("sleep 200"); });
  std::this_thread::sleep_for(50ms);
  auto guilty = std::async(std::launch::async, [&] { return tell("crash"); });
  const auto answer = innocent.get();
  const auto blamed = guilty.get();
  ASSERT_FALSE(blamed);
  EXPECT_EQ(blamed.error().code, ErrorCode::kInternal);
  // It was with the first process that died, and depending on whose turn it was, answered by the second or sent away
  // because the third was not ready: never blamed.
  if (!answer) {
    EXPECT_EQ(answer.error().code, ErrorCode::kUnavailable);
  }
}

TEST_F(PoolTest, ADeadlockBesideAWorkingThreadIsFound) {
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  std::atomic<bool> over{false};
  auto others = std::async(std::launch::async, [&] {
    int failed = 0;
    while (!over) failed += tell("burn 40") ? 0 : 1;
    return failed;
  });
  const auto begin = SteadyClock::now();
  EXPECT_EQ(tell(once("hang")).value(), "again");
  EXPECT_LT(elapsed_ms(begin), 3000);
  over = true;
  EXPECT_EQ(others.get(), 0) << "all others were answered";
  EXPECT_EQ(status().restarts, 1U);
}

TEST_F(PoolTest, WithoutASpareItIsUnavailableUntilItIsBack) {
  config_.supervision.spares = false;
  config_.supervision.back_off.first = 400ms;
  config_.supervision.back_off.longest = 400ms;
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  const auto begin = SteadyClock::now();
  EXPECT_EQ(tell(once("crash")).error().code, ErrorCode::kUnavailable);
  EXPECT_LT(elapsed_ms(begin), 300);
  EXPECT_FALSE(translator_->ready());
  EXPECT_EQ(tell("echo x").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(status().state, EngineState::kRestarting);
  EXPECT_TRUE(eventually([&] { return reported("restart", "died of SIGABRT; it is started again"); }));
  EXPECT_EQ(health_.snapshot().components.at("translation:plain").status, Status::kFailing);
  EXPECT_TRUE(eventually([&] { return tell("echo x").has_value(); }));
  EXPECT_TRUE(eventually([&] { return times_ready_ == 2; }));
  EXPECT_EQ(health_.snapshot().components.at("translation:plain").status, Status::kOk);
}

TEST_F(PoolTest, AnIdleProcessThatStopsIsReplaced) {
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  const auto processes = status().processes;
  kill(processes[0], SIGSTOP);
  EXPECT_TRUE(eventually([&] { return status().processes.front() == processes[1]; }));
  ASSERT_TRUE(wait_until_ready());
  const auto spare = status().processes[1];
  kill(spare, SIGSTOP);
  EXPECT_TRUE(eventually([&] { return reported("restart", "its spare, process " + std::to_string(spare)); }));
  EXPECT_TRUE(wait_until_ready());
  EXPECT_EQ(times_ready_, 1);
  EXPECT_EQ(health_.snapshot().status(), Status::kOk) << "a lost spare is no worse service";
}

TEST_F(PoolTest, AnEngineThatCannotWorkSaysWhyAndIsTriedAgain) {
  const auto model = directory_ / "model";
  start_translator("waits-for " + model.string());
  EXPECT_TRUE(eventually([&] { return status().state == EngineState::kFailed; }));
  EXPECT_TRUE(eventually([&] { return status().reason.find("model x is missing") != std::string::npos; }))
      << status().reason;
  EXPECT_THAT(tell("echo x").error().message, HasSubstr("model x is missing"));
  std::ofstream(model.string()) << "here it is";
  EXPECT_TRUE(eventually([&] { return translator_->ready(); }));
  EXPECT_EQ(tell("echo x").value(), "x");
}

TEST_F(PoolTest, ProcessesThatDieWhileTheyLoadAreStartedEverMoreRarely) {
  start_translator("dies");
  EXPECT_TRUE(eventually([&] { return status().state == EngineState::kFailed; }));
  const auto deaths = status().restarts;
  std::this_thread::sleep_for(500ms);
  EXPECT_LE(status().restarts - deaths, 3U) << "200 ms between them";
  EXPECT_GE(status().restarts - deaths, 1U);
}

TEST_F(PoolTest, LoadingHasALimit) {
  config_.supervision.limits.start = 100ms;
  start_translator("silent");
  EXPECT_TRUE(eventually([&] { return status().restarts >= 2; }));
}

TEST_F(PoolTest, AProgramThatIsNoEngineIsAFailureToo) {
  config_.program = "/bin/true";
  start_translator();
  EXPECT_TRUE(eventually([&] { return status().state == EngineState::kFailed; }));
}

TEST_F(PoolTest, AMissingProgramIsSaidAtOnce) {
  config_.program = directory_ / "parley-engine";
  config_.translation = {"plain"};
  const auto started = Workers::start(config_, health_);
  ASSERT_FALSE(started);
  EXPECT_THAT(started.error().message, HasSubstr("parley-engine"));
}

TEST_F(PoolTest, AChildHasNoDescriptorsOfOurs) {
  std::ofstream(directory_ / "parley.toml") << "# nothing";
  config_.config_file = directory_ / "parley.toml";
  std::vector<std::ofstream> files(20);
  for (auto& file : files) file.open("/dev/null");
  start_translator();
  ASSERT_TRUE(wait_until_ready());
  EXPECT_THAT(tell("descriptors").value(), ::testing::MatchesRegex("0 1 2 3 4 "));
}

TEST_F(PoolTest, StopEndsEveryProcessAndEveryRequest) {
  config_.recognition = {{"plain", {kEnglish}}};
  config_.synthesis = {{"plain", {}}};
  config_.supervision.limits.translation = 5s;
  start_translator();
  ASSERT_TRUE(eventually([&] {
    return std::ranges::all_of(workers_->status(), [](const auto& engine) { return engine.processes.size() == 2; }) &&
           translator_->ready();
  }));
  std::vector<int> pids;
  for (const auto& engine : workers_->status())
    pids.insert(pids.end(), engine.processes.begin(), engine.processes.end());
  kill(pids.front(), SIGSTOP);
  auto running = std::async(std::launch::async, [&] { return tell("sleep 4000"); });
  std::this_thread::sleep_for(50ms);
  const auto begin = SteadyClock::now();
  workers_->stop();
  EXPECT_LT(elapsed_ms(begin), 1000);
  EXPECT_EQ(running.get().error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(pids.size(), 6U);
  for (const int pid : pids) EXPECT_EQ(kill(pid, 0), -1) << "gone, and waited for";
  EXPECT_EQ(tell("echo x").error().code, ErrorCode::kUnavailable);
  EXPECT_FALSE(translator_->ready());
  workers_.reset();
  EXPECT_EQ(tell("echo x").error().code, ErrorCode::kUnavailable) << "also when the workers are no more";
}

/// Not there, or there only to be waited for by whoever inherited it.
bool is_gone(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  std::getline(in, line);
  return line.empty() || line.find(") Z ") != std::string::npos;
}

TEST_F(PoolTest, ProcessesEndWithTheirParent) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t parent = fork();
  ASSERT_GE(parent, 0);
  if (parent == 0) {
    start_translator();
    eventually([&] { return status().processes.size() == 2; });
    const auto pids = status().processes;
    [[maybe_unused]] const auto written = write(ends[1], pids.data(), 2 * sizeof(int));
    for (;;) pause();
  }
  int pids[2] = {};
  ASSERT_EQ(read(ends[0], pids, sizeof(pids)), static_cast<ssize_t>(sizeof(pids)));
  close(ends[0]);
  close(ends[1]);
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return is_gone(pids[0]) && is_gone(pids[1]); }));
}

}  // namespace
}  // namespace parley::workers::testing
