// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <cstring>
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
  void SetUp() override { make({.prime = 2, .depth = 4, .cap = 5}); }
  void TearDown() override { em_playout_free(&playout_); }

  void make(const em_playout_limits& limits) {
    em_playout_free(&playout_);
    ASSERT_EQ(em_playout_init(&playout_, &limits, &Playout::answered, this), 0);
  }

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
  for (int i = 0; i < 20; ++i) EXPECT_EQ(pop(), 0) << "the server has paused";
  push(3);
  EXPECT_EQ(pop(), 0);
  push(4);
  EXPECT_EQ(pop(), 3);
  EXPECT_EQ(playout_.late, 0U);
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

TEST_F(Playout, MarksOfAServerThatIsGoneAreForgottenAndItsSoundIsPlayed) {
  push(1, 2);
  em_playout_mark(&playout_, 1);
  em_playout_forget_marks(&playout_);
  EXPECT_EQ(pop(), 1);
  EXPECT_EQ(pop(), 2);
  EXPECT_TRUE(answers_.empty());
}

// ---- jitter --------------------------------------------------------------------------------------------------------

/// The wire as it comes and the phone as it hears: one push a tick, but for what the test holds up.
class Jitter : public Playout {
 protected:
  void SetUp() override { make({.prime = 2, .depth = 8, .cap = 50}); }

  /// Frames of speech: loud, and each its own.
  void speech(int count) {
    for (int i = 0; i < count; ++i) tone(8000);
  }
  void pause(int count) {
    for (int i = 0; i < count; ++i) tone(10);
  }
  void tone(std::int16_t amplitude) {
    std::array<std::int16_t, EM_AUDIO_SAMPLES> samples{};
    for (std::size_t i = 0; i < samples.size(); ++i)
      samples[i] = static_cast<std::int16_t>((i / 20) % 2 == 0 ? amplitude : -amplitude);
    em_playout_push(&playout_, reinterpret_cast<const unsigned char*>(samples.data()));
    ++pushed_;
  }

  void hear(int ticks = 1) {
    for (int i = 0; i < ticks; ++i) {
      Frame frame;
      heard_ += em_playout_pop(&playout_, frame.data());
    }
  }
  void steady(int ticks) {
    for (int i = 0; i < ticks; ++i) {
      speech(1);
      hear();
    }
  }
  /// The server is held up for so many ticks and makes up for `made_up` of them at once.
  void stall(int ticks, int made_up) {
    hear(ticks);
    speech(made_up);
  }

  int pushed_ = 0;
  int heard_ = 0;
};

TEST_F(Jitter, StaysAtTheShortestDelayWhileNothingIsLate) {
  steady(3000);
  EXPECT_EQ(playout_.target, 2U);
  EXPECT_LE(playout_.count, 2U);
  EXPECT_EQ(playout_.trimmed + playout_.late + playout_.overflowed, 0U);
}

TEST_F(Jitter, WaitsForOneMoreEachTimeAFrameIsLate) {
  steady(100);
  stall(4, 3);
  steady(100);
  EXPECT_EQ(playout_.late, 1U);
  EXPECT_EQ(playout_.target, 3U);
  for (int i = 0; i < 10; ++i) {
    stall(12, 11);
    steady(20);
  }
  EXPECT_EQ(playout_.target, 8U) << "160 ms at most";
}

TEST_F(Jitter, ADepthThatItHasGrownToBridgesTheSameStall) {
  steady(100);
  for (int i = 0; i < 6; ++i) {
    stall(4, 3);
    steady(50);
  }
  const auto late = playout_.late;
  EXPECT_LE(late, 4U);
  for (int i = 0; i < 6; ++i) {
    stall(3, 3);
    steady(50);
  }
  EXPECT_EQ(playout_.late, late);
}

TEST_F(Jitter, ShrinksAgainInCalmAFrameAtATime) {
  steady(100);
  for (int i = 0; i < 3; ++i) {
    stall(playout_.target + 1, static_cast<int>(playout_.target));
    steady(20);
  }
  ASSERT_EQ(playout_.target, 5U);
  steady(510);
  EXPECT_EQ(playout_.target, 4U) << "after 10 s";
  steady(500);
  EXPECT_EQ(playout_.target, 3U);
  steady(1000);
  EXPECT_EQ(playout_.target, 2U) << "never below what it began with";
  steady(600);
  EXPECT_LE(playout_.count, 2U) << "and the delay went with it";
}

TEST_F(Jitter, DoesNotShrinkWhereTheDepthIsNeeded) {
  steady(100);
  stall(3, 2);
  steady(50);
  ASSERT_EQ(playout_.target, 3U);
  for (int i = 0; i < 40; ++i) {  // Every second two ticks come together: only just in time.
    steady(48);
    hear(2);
    speech(2);
  }
  EXPECT_EQ(playout_.target, 3U);
  EXPECT_EQ(playout_.late, 1U);
}

TEST_F(Jitter, AfterAStallOfASecondNothingThatTheServerSaysThenIsLost) {
  steady(100);
  stall(50, 4);  // parleyd makes up for the last ticks only.
  steady(100);
  EXPECT_EQ(playout_.overflowed, 0U);
  EXPECT_EQ(playout_.late, 0U) << "no depth could have bridged it";
  EXPECT_EQ(playout_.target, 2U);
  EXPECT_EQ(heard_ + static_cast<int>(playout_.count + playout_.trimmed), pushed_);
}

TEST_F(Jitter, WhatPiledUpWhileAsteriskWasHeldUpIsKeptAndCaughtUpInThePause) {
  steady(100);
  speech(45);
  hear(5);
  EXPECT_EQ(playout_.overflowed, 0U);
  steady(90);
  EXPECT_EQ(playout_.trimmed, 0U) << "not in the middle of a word";
  for (int i = 0; i < 180; ++i) {
    pause(1);
    hear();
  }
  EXPECT_LE(playout_.count, 3U) << "40 frames took two or three seconds of pause";
  EXPECT_GE(playout_.trimmed, 38U);
}

TEST_F(Jitter, SilenceThatPiledUpWhileAsteriskWasHeldUpIsSkippedAtOnceAndSpeechIsNot) {
  steady(100);
  em_playout_held_up(&playout_);
  pause(20);
  speech(10);
  pause(10);
  hear(2);  // A frame of speech still waited.
  EXPECT_EQ(playout_.trimmed, 20U);
  hear(12);
  EXPECT_LE(playout_.count, 3U);
  EXPECT_EQ(playout_.overflowed, 0U);
  EXPECT_EQ(heard_ + static_cast<int>(playout_.count + playout_.trimmed), pushed_);
  const auto trimmed = playout_.trimmed;
  EXPECT_GE(trimmed, 27U);
  steady(60);
  pause(5);
  hear(1);
  EXPECT_EQ(playout_.trimmed, trimmed) << "a second later a pause is a pause again";
}

TEST_F(Jitter, SpeechWithoutAPauseIsCaughtUpGently) {
  steady(100);
  speech(20);
  steady(100);
  EXPECT_LE(playout_.trimmed, 1U);
  steady(100);
  EXPECT_GE(playout_.trimmed, 9U);
  EXPECT_LE(playout_.trimmed, 11U) << "one frame in ten";
  steady(200);
  EXPECT_LE(playout_.count, 3U);
}

TEST_F(Jitter, APauseInANoisyRoomIsAPause) {
  steady(100);
  speech(20);
  steady(20);
  for (int i = 0; i < 90; ++i) {
    tone(400);
    hear();
  }
  EXPECT_LE(playout_.count, 3U);
}

TEST_F(Jitter, WhatIsTakenOutIsFadedIntoTheNextFrame) {
  make({.prime = 1, .depth = 8, .cap = 50});
  for (int i = 0; i < 12; ++i) tone(100);
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(playout_.trimmed, 0U);
    hear();
    tone(static_cast<std::int16_t>(i == 9 ? 100 : 90));
  }
  // The frames that are faded are of one sign pattern, so that the mix stays within them.
  Frame frame;
  em_playout_pop(&playout_, frame.data());
  std::array<std::int16_t, EM_AUDIO_SAMPLES> samples;
  std::memcpy(samples.data(), frame.data(), sizeof(samples));
  for (const auto sample : samples) EXPECT_TRUE(std::abs(sample) >= 89 && std::abs(sample) <= 100) << sample;
}

TEST_F(Jitter, AMarkBehindAFrameThatIsTakenOutIsAnsweredAsPlayed) {
  steady(50);
  pause(10);
  em_playout_mark(&playout_, 5);
  for (int i = 0; i < 40; ++i) {
    pause(1);
    hear();
  }
  EXPECT_GT(playout_.trimmed, 0U);
  EXPECT_EQ(answers_, (Answers{{5, false}}));
}

TEST_F(Jitter, BeyondTheCapTheOldestGoes) {
  steady(10);
  speech(60);
  EXPECT_EQ(playout_.count, 50U);
  EXPECT_GE(playout_.overflowed, 10U);
}

}  // namespace
