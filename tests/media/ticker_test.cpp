// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/ticker.h"

#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer.h"

namespace parley::media {
namespace {

using namespace std::chrono_literals;
using testing::run_for;

class Ticks final : public Ticker::Listener {
 public:
  void on_tick(std::uint64_t tick) override {
    numbers.push_back(tick);
    times.push_back(SteadyClock::now());
    if (tick == stall_at) std::this_thread::sleep_for(stall_for);
    if (stop_at && tick == stop_at) ticker->stop();
  }

  std::vector<std::uint64_t> numbers;
  std::vector<SteadyClock::time_point> times;
  std::uint64_t stall_at = ~std::uint64_t{0};
  milliseconds stall_for{0};
  std::uint64_t stop_at = 0;
  Ticker* ticker = nullptr;
};

class TickerTest : public ::testing::Test {
 protected:
  /// Ticks in the classes above a bound.
  std::uint64_t late_by_more_than(double ms) const {
    using Stats = telemetry::LoopStats;
    const auto counts = ticker_.stats().late_ticks();
    const auto first = std::ranges::find(Stats::kLateBounds, ms) - Stats::kLateBounds.begin() + 1;
    return std::accumulate(counts.begin() + first, counts.end(), std::uint64_t{0});
  }

  boost::asio::io_context io_;
  Ticks ticks_;
  Ticker ticker_{io_, ticks_};
};

TEST_F(TickerTest, TicksEveryTwentyMillisecondsWithoutDrift) {
  ticker_.start();
  run_for(io_, 1010ms);
  const auto& numbers = ticks_.numbers;
  EXPECT_NEAR(static_cast<double>(numbers.back()), 50.0, 1.0);
  const MillisF span = ticks_.times.back() - ticks_.times.front();
  EXPECT_NEAR(span.count(), static_cast<double>(numbers.back()) * 20.0, 25.0);
  EXPECT_EQ(ticker_.stats().ticks(), numbers.size());
}

TEST_F(TickerTest, MakesUpForAShortStall) {
  ticks_.stall_at = 5;
  ticks_.stall_for = 50ms;  // Ticks 6 and 7 pass meanwhile.
  ticker_.start();
  run_for(io_, 250ms);
  for (std::size_t i = 0; i < 9; ++i) ASSERT_EQ(ticks_.numbers[i], i);
  EXPECT_EQ(ticker_.stats().ticks_skipped, 0U);
  EXPECT_GE(late_by_more_than(10), 2U);
  EXPECT_GE(ticker_.stats().latest_ms(), 25.0);
  EXPECT_GE(ticker_.stats().late_sum_ms(), 30.0 + 10.0);  // Tick 6 comes 30 ms late, tick 7 10.
}

TEST_F(TickerTest, AfterALongStallSkipsWhatIsTooOldAndKeepsTheTime) {
  ticks_.stall_at = 5;
  ticks_.stall_for = 210ms;  // Ticks 6 to 15 pass meanwhile.
  ticker_.start();
  run_for(io_, 400ms);
  const std::uint64_t skipped = ticker_.stats().ticks_skipped;
  EXPECT_GE(skipped, 7U);
  ASSERT_GE(ticks_.numbers.size(), 10U);
  EXPECT_GE(ticks_.numbers[6], 13U) << "no burst of stale ticks";
  int at_once = 0;
  for (std::size_t i = 7; i < 10; ++i) at_once += ticks_.times[i] - ticks_.times[6] < 5ms ? 1 : 0;
  EXPECT_LE(at_once, 2);
  const MillisF span = ticks_.times.back() - ticks_.times.front();
  EXPECT_NEAR(span.count(), static_cast<double>(ticks_.numbers.back()) * 20.0, 25.0);
  EXPECT_EQ(ticks_.numbers.size() + skipped, ticks_.numbers.back() + 1);
}

TEST_F(TickerTest, StopsWhenToldEvenFromWithin) {
  ticks_.stop_at = 3;
  ticks_.ticker = &ticker_;
  ticker_.start();
  run_for(io_, 150ms);
  EXPECT_EQ(ticks_.numbers.back(), 3U);
}

TEST_F(TickerTest, MayBeDestroyedWhileATickIsOnItsWay) {
  auto doomed = std::make_unique<Ticker>(io_, ticks_);
  doomed->start();
  doomed.reset();
  run_for(io_, 50ms);
  EXPECT_TRUE(ticks_.numbers.empty());
}

TEST_F(TickerTest, StartsAgainFromZero) {
  ticker_.start();
  run_for(io_, 50ms);
  ticker_.stop();
  ticks_.numbers.clear();
  ticker_.start();
  run_for(io_, 50ms);
  ASSERT_GE(ticks_.numbers.size(), 2U);
  EXPECT_EQ(ticks_.numbers[0], 0U);
  EXPECT_EQ(ticks_.numbers[1], 1U);
}

}  // namespace
}  // namespace parley::media
