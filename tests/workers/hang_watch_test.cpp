// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/hang_watch.h"

#include <gtest/gtest.h>

namespace parley::workers {
namespace {

using namespace std::chrono_literals;

/// A request with a limit of one second, looked at every 50 ms.
class HangWatchTest : public ::testing::Test {
 protected:
  /// So much of a core the request's thread, and the others together, get from now on.
  struct Shares {
    double own = 0;
    double others = 0;
    std::size_t requests = 1;
    bool known = true;  ///< Which thread is whose.
    bool starved = false;
  };

  /// When it was found to hang, within a minute.
  std::optional<milliseconds> found(const Shares& shares, milliseconds longest = 60s) {
    for (const auto end = time_ + longest; time_ < end;) {
      time_ += 50ms;
      own_ += std::chrono::duration_cast<CpuTime>(50ms * shares.own);
      all_ += std::chrono::duration_cast<CpuTime>(50ms * (shares.own + shares.others));
      if (kStart + time_ < watch_.worth_a_look()) continue;
      const auto tick = std::chrono::floor<std::chrono::duration<int, std::centi>>(own_);
      why_ =
          watch_.look({.now = kStart + time_,
                       .process = all_,
                       .request = shares.known ? std::optional<ThreadUse>({.time = tick, .wants_to_go = shares.starved})
                                               : std::nullopt,
                       .requests = shares.requests});
      if (why_) return time_;
    }
    return std::nullopt;
  }

  static constexpr HangWatch::Time kStart{std::chrono::hours(1)};
  HangWatch watch_{{.usual = 1s, .absolute = 10s}, kStart, 5s};
  milliseconds time_{0};
  CpuTime own_ = 2s;
  CpuTime all_ = 5s;
  std::optional<std::string> why_;
};

TEST_F(HangWatchTest, AStoppedProcessHangsAtTheLimit) { EXPECT_EQ(found({.own = 0}), 1s); }

TEST_F(HangWatchTest, OneThatStopsOnTheWayHangsHalfALimitLater) {
  EXPECT_FALSE(found({.own = 1}, 700ms));
  const auto when = found({.own = 0});
  ASSERT_TRUE(when);
  EXPECT_GE(*when, 1150ms);
  EXPECT_LE(*when, 1300ms);
}

TEST_F(HangWatchTest, ARunawayHangsAtTwiceTheLimitsTimeFromTheFirstLookOn) {
  const auto when = found({.own = 1});
  ASSERT_TRUE(when);
  EXPECT_GE(*when, 2500ms);
  EXPECT_LE(*when, 2600ms);
}

TEST_F(HangWatchTest, WithoutAThreadARunawayIsWhatUsesTwiceAsMuchForEachRequest) {
  const auto when = found({.own = 1, .requests = 2, .known = false});
  ASSERT_TRUE(when);
  EXPECT_GE(*when, 4s);
  EXPECT_LE(*when, 4100ms);
}

TEST_F(HangWatchTest, WhatAnotherThreadUsesIsNotTheRequests) { EXPECT_FALSE(found({.own = 0.4, .others = 1}, 5s)); }

TEST_F(HangWatchTest, ABusyMachineIsNoHangUntilTheAbsoluteLimit) { EXPECT_EQ(found({.own = 0.06}), 10s); }

TEST_F(HangWatchTest, AThreadThatGetsNoCoreAtAllIsNoHangEither) { EXPECT_EQ(found({.own = 0, .starved = true}), 10s); }

TEST_F(HangWatchTest, AThreadThatWaitsBesideOneThatWorksGetsMoreTime) {
  EXPECT_EQ(found({.own = 0, .others = 1, .requests = 2}), 2500ms) << "two limits from the first look on";
}

TEST_F(HangWatchTest, NotWhenTheOtherIsDone) {
  EXPECT_FALSE(found({.own = 0, .others = 1, .requests = 2}, 1500ms));
  EXPECT_EQ(found({.own = 0, .others = 0, .requests = 1}), 1550ms);
}

TEST_F(HangWatchTest, ABackgroundThreadIsNoExcuse) { EXPECT_EQ(found({.own = 0, .others = 0.5}), 1s); }

TEST_F(HangWatchTest, WithoutAThreadTheProcessCounts) {
  EXPECT_FALSE(found({.own = 0, .others = 0.3, .known = false}, 5s));
}

TEST_F(HangWatchTest, ProgressBeginsTheLimitAnew) {
  EXPECT_FALSE(found({.own = 1}, 900ms));
  watch_.progressed(kStart + time_, all_);
  const auto when = found({.own = 1});
  ASSERT_TRUE(when);
  EXPECT_GE(*when, 3400ms);
  EXPECT_LE(*when, 3500ms);
}

TEST_F(HangWatchTest, TimeInWhichNobodyLookedDoesNotCount) {
  EXPECT_FALSE(found({.own = 0}, 500ms));
  time_ += 30s;  // The whole machine slept.
  watch_.excuse(30s);
  EXPECT_EQ(found({.own = 0}), 31s);
}

}  // namespace
}  // namespace parley::workers
