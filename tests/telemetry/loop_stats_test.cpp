// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/loop_stats.h"

#include <optional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/drop_reports.h"

namespace parley::telemetry {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

TEST(LoopStats, CountsTicksByHowLateTheyAre) {
  LoopStats stats;
  for (const double late : {0.0, 0.1, 0.11, 4.9, 5.0, 200.0, 201.0}) stats.note_tick(late);
  EXPECT_THAT(stats.late_ticks(), ElementsAre(2, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 1)) << "a bound is of its class";
  EXPECT_EQ(stats.ticks(), 7U);
  EXPECT_DOUBLE_EQ(stats.late_sum_ms(), 411.11);
  EXPECT_DOUBLE_EQ(stats.latest_ms(), 201.0);
}

TEST(LoopStats, EveryQueueHasAName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kQueues; ++i) names.insert(to_string(static_cast<Queue>(i)));
  EXPECT_EQ(names.size(), kQueues);
  EXPECT_FALSE(names.contains(""));
}

TEST(LoopStats, TellsTheDeepestOfASecond) {
  LoopStats stats;
  const auto& depth = stats.depth[static_cast<std::size_t>(Queue::kSend)];
  const auto second = [&] {
    for (std::uint64_t i = 0; i < LoopStats::kDepthTicks; ++i) stats.note_tick(0.0);
  };
  stats.see_depth(Queue::kSend, 3);
  stats.see_depth(Queue::kSend, 7);
  stats.see_depth(Queue::kSend, 2);
  EXPECT_EQ(depth, 0U);
  second();
  EXPECT_EQ(depth, 7U);
  second();
  EXPECT_EQ(depth, 0U);
}

TEST(LoopStats, LeavesTheQueuesOfOtherThreadsAlone) {
  LoopStats stats;
  auto& depth = stats.depth[static_cast<std::size_t>(Queue::kTranslation)];
  depth = 4;
  for (std::uint64_t i = 0; i < 2 * LoopStats::kDepthTicks; ++i) stats.note_tick(0.0);
  EXPECT_EQ(depth, 4U);
}

class DropCounters : public ::testing::Test {
 protected:
  std::optional<LegDrops> report() {
    LegDrops drops;
    return stats_.pop_drops(drops) ? std::optional(drops) : std::nullopt;
  }

  LoopStats stats_;
  DropCounter counter_{Queue::kInput};
  SteadyClock::time_point now_{1h};
};

TEST_F(DropCounters, CountAllAndReportOnceASecond) {
  counter_.note(2, "1700000000.1", "a", stats_, now_);
  for (int i = 1; i < 50; ++i) counter_.note(1, "1700000000.1", "a", stats_, now_ + i * kFrameTime);
  const auto first = report();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->frames, 2U);
  EXPECT_STREQ(first->session.data(), "1700000000.1");
  EXPECT_STREQ(first->leg.data(), "a");
  EXPECT_FALSE(report());
  counter_.note(1, "1700000000.1", "a", stats_, now_ + 1s);
  const auto second = report();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->frames, 50U);
  EXPECT_EQ(second->frames_in_all, 52U);
  EXPECT_EQ(stats_.dropped[static_cast<std::size_t>(Queue::kInput)], 52U);
}

TEST_F(DropCounters, CutNamesThatAreTooLong) {
  const std::string endless(1000, 'x');
  counter_.note(1, endless, endless, stats_, now_);
  const auto drops = report();
  ASSERT_TRUE(drops);
  EXPECT_EQ(name_of(drops->session), endless.substr(0, drops->session.size()));
  EXPECT_EQ(name_of(drops->leg), endless.substr(0, drops->leg.size()));
}

TEST_F(DropCounters, AreToldToHealthWithWhoseTheyAre) {
  DropCounter heard(Queue::kRecognition);
  counter_.note(3, "1700000000.1", "a", stats_, now_);
  heard.note(1, "1700000000.2", "b", stats_, now_);
  Health health;
  report_drops(stats_, health);
  report_drops(stats_, health);
  const auto events = health.snapshot().events;
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].session_id, "1700000000.1");
  EXPECT_EQ(events[0].component, "media");
  EXPECT_EQ(events[0].action, "drop");
  EXPECT_THAT(events[0].reason, ::testing::HasSubstr("3 frames of leg a"));
  EXPECT_EQ(events[1].component, "hearing");
}

TEST_F(DropCounters, DoNotMindThatNobodyTakesTheirReports) {
  for (int i = 0; i < 1000; ++i) counter_.note(1, "s", "a", stats_, now_ + i * 1s);
  EXPECT_EQ(stats_.dropped[static_cast<std::size_t>(Queue::kInput)], 1000U);
}

}  // namespace
}  // namespace parley::telemetry
