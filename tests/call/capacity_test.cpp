// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/capacity.h"

#include <gtest/gtest.h>

namespace parley::call {
namespace {

TEST(Capacity, IsCoresTimesShareOverCost) {
  EXPECT_EQ(Capacity({.cores = 2, .share = 0.8, .cost = 0.4, .talking = 1.0}).limit(), 4);
  EXPECT_EQ(Capacity({.cores = 2, .share = 0.8, .cost = 0.4, .talking = 0.5}).limit(), 8);
  EXPECT_EQ(Capacity({.cores = 1, .share = 0.8, .cost = 4, .talking = 1.0}).limit(), 1) << "one at least";
  EXPECT_EQ(Capacity({.calls = 7, .cores = 1, .cost = 4}).limit(), 7) << "who knows better";
}

TEST(Capacity, TakesInNoMoreCallsThanThat) {
  Capacity capacity({.calls = 2});
  EXPECT_TRUE(capacity.admit());
  EXPECT_TRUE(capacity.admit());
  EXPECT_FALSE(capacity.admit());
  EXPECT_EQ(capacity.calls(), 2);
  capacity.release();
  EXPECT_TRUE(capacity.admit());
}

TEST(Capacity, TheCostIsWhatWasMeasured) {
  Capacity capacity({.cores = 4, .share = 1.0, .cost = 1.0, .talking = 1.0});
  EXPECT_EQ(capacity.limit(), 4);
  double cpu = 10.0;
  for (int i = 0; i < 40; ++i) {
    capacity.note_speech(milliseconds(20'000));
    capacity.measure(cpu);
    cpu += 0.25 * 20.0;
  }
  EXPECT_NEAR(capacity.cost(), 0.25, 0.01);
  EXPECT_EQ(capacity.limit(), 15);
}

TEST(Capacity, LittleSpeechSaysNothingOfTheCost) {
  Capacity capacity({.cores = 2, .cost = 0.5});
  capacity.note_speech(milliseconds(500));
  capacity.measure(10.0);
  capacity.note_speech(milliseconds(500));
  capacity.measure(20.0);
  EXPECT_EQ(capacity.cost(), 0.5);
}

}  // namespace
}  // namespace parley::call
