// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/spsc_ring.h"

#include <array>
#include <numeric>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(SpscRing, TakesNoMoreThanItHolds) {
  SpscRing<int> ring(5);
  EXPECT_EQ(ring.capacity(), 8U);
  const std::vector<int> ten{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  EXPECT_EQ(ring.write(ten), 8U);
  EXPECT_FALSE(ring.push(10));
  std::array<int, 3> out{};
  EXPECT_EQ(ring.read(out), 3U);
  EXPECT_EQ(out, (std::array{0, 1, 2}));
  EXPECT_EQ(ring.free_space(), 3U);
}

TEST(SpscRing, KeepsOrderAcrossItsEnd) {
  SpscRing<int> ring(4);
  int next = 0;
  for (int round = 0; round < 20; ++round) {
    const std::array values{round * 3, round * 3 + 1, round * 3 + 2};
    ASSERT_EQ(ring.write(values), 3U);
    ASSERT_NE(ring.front(), nullptr);
    EXPECT_EQ(*ring.front(), next);
    for (int value = 0; ring.pop(value); ++next) ASSERT_EQ(value, next);
  }
  EXPECT_EQ(ring.front(), nullptr);
}

TEST(SpscRing, ClearDropsWhatWasWritten) {
  SpscRing<int> ring(4);
  ring.push(1);
  ring.push(2);
  EXPECT_EQ(ring.clear(), 2U);
  EXPECT_EQ(ring.size(), 0U);
}

TEST(SpscRing, LosesNothingBetweenTwoThreads) {
  constexpr int kCount = 200'000;
  SpscRing<int> ring(64);
  std::thread writer([&] {
    for (int i = 0; i < kCount;) i += ring.push(i) ? 1 : 0;
  });
  for (int expected = 0; expected < kCount;) {
    if (int value = 0; ring.pop(value)) {
      ASSERT_EQ(value, expected);
      ++expected;
    }
  }
  writer.join();
}

}  // namespace
}  // namespace parley
