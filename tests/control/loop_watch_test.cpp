// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/loop_watch.h"

#include <gtest/gtest.h>

namespace parley::control {
namespace {

using namespace std::chrono_literals;

const SteadyClock::time_point kStart{};

TEST(LoopWatch, MeasuresFramesPerSecond) {
  telemetry::LoopStats loop;
  loop.frames_in = 1'000'000;  // Before it looked.
  LoopWatch watch(loop, kStart);
  EXPECT_EQ(watch.frames_per_second(), 0.0);
  for (int i = 1; i <= 40; ++i) {  // 10 s, two legs.
    loop.frames_in += 25;
    watch.look(kStart + i * LoopWatch::kInterval);
    EXPECT_NEAR(watch.frames_per_second(), 100.0, 1e-6);
  }
  for (int i = 41; i <= 61; ++i) watch.look(kStart + i * LoopWatch::kInterval);
  EXPECT_EQ(watch.frames_per_second(), 0.0);
}

TEST(LoopWatch, MeasuresOverTheLastSecondsHoweverOftenItLooks) {
  telemetry::LoopStats loop;
  LoopWatch watch(loop, kStart);
  for (int i = 1; i <= 10'000; ++i) {  // 10 s.
    loop.frames_in += i <= 5000 ? 4 : 1;
    watch.look(kStart + i * 1ms);
  }
  EXPECT_NEAR(watch.frames_per_second(), 1000.0, 200.0);
}

TEST(LoopWatch, SeesAStandstill) {
  telemetry::LoopStats loop;
  LoopWatch watch(loop, kStart);
  for (int i = 1; i <= 4; ++i) watch.look(kStart + i * LoopWatch::kInterval);
  EXPECT_EQ(watch.stalled(), 1000ms);
  loop.note_tick(0.1);
  watch.look(kStart + 5 * LoopWatch::kInterval);
  EXPECT_EQ(watch.stalled(), 0ms);
}

TEST(LoopWatch, DoesNotBlameTheLoopForTimeInWhichTheWholeProcessStoodStill) {
  telemetry::LoopStats loop;
  LoopWatch watch(loop, kStart);
  watch.look(kStart + 1h);
  EXPECT_LT(watch.stalled(), 1000ms);
}

}  // namespace
}  // namespace parley::control
