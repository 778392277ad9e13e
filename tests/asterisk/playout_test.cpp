// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <utility>
#include <vector>

extern "C" {
#include "playout.h"
}

namespace {

using Frame = std::array<unsigned char, EM_AUDIO_BYTES>;
using Answers = std::vector<std::pair<std::uint32_t, bool>>;  // id, flushed

class Playout : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(em_playout_init(&playout_, 2, 5, &Playout::answered, this), 0); }
  void TearDown() override { em_playout_free(&playout_); }

  static void answered(void* owner, std::uint32_t id, int flushed) {
    static_cast<Playout*>(owner)->answers_.emplace_back(id, flushed != 0);
  }

  void push(int first, int count = 1) {
    for (int n = first; n < first + count; ++n) {
      Frame frame;
      frame.fill(static_cast<unsigned char>(n));
      em_playout_push(&playout_, frame.data());
    }
  }

  // The number of the frame that is played, 0 for silence.
  int pop() {
    Frame frame;
    frame.fill(0xff);
    em_playout_pop(&playout_, frame.data());
    EXPECT_EQ(frame.front(), frame.back());
    return frame.front();
  }

  em_playout playout_{};
  Answers answers_;
};

TEST_F(Playout, IsSilentUntilPrimed) {
  EXPECT_EQ(pop(), 0);
  push(1);
  EXPECT_EQ(pop(), 0);
  push(2);
  EXPECT_EQ(pop(), 1);
  EXPECT_EQ(pop(), 2);
  EXPECT_EQ(pop(), 0);
  EXPECT_EQ(playout_.played, 2U);
  EXPECT_EQ(playout_.silence, 3U);
  EXPECT_EQ(playout_.underruns, 1U);
}

TEST_F(Playout, PlaysALoneFrameAfterThePrimingTime) {
  push(1);
  EXPECT_EQ(pop(), 0);
  EXPECT_EQ(pop(), 0);
  EXPECT_EQ(pop(), 1);
}

TEST_F(Playout, PrimesAgainAfterAnUnderrun) {
  push(1, 2);
  pop();
  pop();
  pop();
  push(3);
  EXPECT_EQ(pop(), 0);
  push(4);
  EXPECT_EQ(pop(), 3);
}

TEST_F(Playout, DropsTheOldestWhenFull) {
  push(1, 8);
  EXPECT_EQ(playout_.overflowed, 3U);
  for (int n = 4; n <= 8; ++n) EXPECT_EQ(pop(), n);
  EXPECT_EQ(pop(), 0);
}

TEST_F(Playout, AnswersAMarkWhenWhatWasBeforeItIsPlayed) {
  push(1, 2);
  ASSERT_EQ(em_playout_mark(&playout_, 7), 0);
  push(3);
  pop();
  EXPECT_TRUE(answers_.empty());
  pop();
  EXPECT_EQ(answers_, (Answers{{7, false}}));
}

TEST_F(Playout, AnswersAMarkAtOnceWhenNothingWaits) {
  em_playout_mark(&playout_, 9);
  EXPECT_EQ(answers_, (Answers{{9, false}}));
}

TEST_F(Playout, FlushAnswersAllMarksInOrder) {
  push(1, 2);
  em_playout_mark(&playout_, 1);
  push(3);
  em_playout_mark(&playout_, 2);
  em_playout_mark(&playout_, 2);
  em_playout_flush(&playout_);
  EXPECT_EQ(answers_, (Answers{{1, true}, {2, true}, {2, true}}));
  EXPECT_EQ(playout_.flushed, 3U);
  EXPECT_EQ(pop(), 0);
}

TEST_F(Playout, AnOverflowAnswersTheMarksItPasses) {
  push(1);
  em_playout_mark(&playout_, 1);
  push(2, 3);
  em_playout_mark(&playout_, 2);
  push(5, 2);
  EXPECT_EQ(answers_, (Answers{{1, true}}));
  for (int i = 0; i < 3; ++i) pop();
  EXPECT_EQ(answers_, (Answers{{1, true}, {2, false}}));
}

TEST_F(Playout, BoundsTheMarks) {
  push(1);
  for (int i = 0; i < EM_MARKS_MAX; ++i) EXPECT_EQ(em_playout_mark(&playout_, static_cast<std::uint32_t>(i)), 0);
  EXPECT_EQ(em_playout_mark(&playout_, 99), -1);
  em_playout_flush(&playout_);
  EXPECT_EQ(answers_.size(), std::size_t{EM_MARKS_MAX});
  EXPECT_EQ(em_playout_mark(&playout_, 99), 0);
}

}  // namespace
