// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/gain.h"

#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "tone.h"

namespace parley::audio {
namespace {

Frame constant(std::int16_t value) {
  Frame frame;
  frame.fill(value);
  return frame;
}

TEST(Decibels, GoBothWays) {
  EXPECT_FLOAT_EQ(db_to_amplitude(0.0F), 1.0F);
  EXPECT_NEAR(db_to_amplitude(-20.0F), 0.1F, 1e-6F);
  EXPECT_EQ(db_to_amplitude(kSilenceDb), 0.0F);
  EXPECT_EQ(amplitude_to_db(0.0F), kSilenceDb);
  EXPECT_EQ(amplitude_to_db(-1.0F), kSilenceDb);
  for (const float db : {-60.0F, -18.0F, -3.0F, 6.0F}) EXPECT_NEAR(amplitude_to_db(db_to_amplitude(db)), db, 1e-3F);
}

TEST(Ramp, ReachesItsTargetExactlyWhenItsTimeIsOver) {
  Ramp ramp(1.0F, milliseconds(40));
  ramp.move_to(0.1F);
  for (int i = 0; i < 639; ++i) ramp.next();
  EXPECT_TRUE(ramp.is_moving());
  EXPECT_EQ(ramp.next(), 0.1F);
  EXPECT_FALSE(ramp.is_moving());
  EXPECT_EQ(ramp.next(), 0.1F);
}

TEST(Ramp, AskingForTheSameTargetEveryFrameDoesNotStretchTheMove) {
  Ramp ramp(1.0F, milliseconds(40));
  Frame frame = constant(10000);
  for (int i = 0; i < 2; ++i) {
    ramp.move_to(0.0F);
    apply(frame, ramp);
  }
  EXPECT_EQ(ramp.now(), 0.0F);
}

TEST(Ramp, TurningRoundOnTheWayMakesNoStep) {
  Ramp ramp(1.0F, milliseconds(20));
  float before = ramp.now();
  for (int i = 0; i < 1000; ++i) {
    if (i == 0) ramp.move_to(0.0F);
    if (i == 160) ramp.move_to(1.0F);
    const float now = ramp.next();
    ASSERT_LE(std::fabs(now - before), 1.0F / 320 + 1e-6F);
    before = now;
  }
  EXPECT_EQ(before, 1.0F);
}

TEST(Ramp, WithoutTimeItJumps) {
  Ramp ramp(0.5F, milliseconds(0));
  ramp.move_to(2.0F);
  EXPECT_EQ(ramp.next(), 2.0F);
}

TEST(Mix, AddsAndClipsAtFullScale) {
  Frame to = constant(1000);
  mix_into(to, constant(234));
  EXPECT_EQ(to, constant(1234));
  to = constant(30000);
  mix_into(to, constant(30000));
  EXPECT_EQ(to, constant(32767));
  to = constant(-30000);
  Ramp unity(1.0F);
  mix_into(to, constant(-30000), unity);
  EXPECT_EQ(to, constant(-32768));
}

TEST(Mix, ScalesWhatItAdds) {
  Frame to = constant(100);
  Ramp half(0.5F);
  mix_into(to, constant(1000), half);
  EXPECT_EQ(to, constant(600));
}

TEST(Mix, ADuckedVoiceHasNoClicks) {
  const auto voice = tone(200, kSampleRate, 3200, 0.8);
  Ramp ramp(1.0F, milliseconds(60));
  std::vector<std::int16_t> heard;
  for (std::size_t at = 0; at < voice.size(); at += kFrameSamples) {
    Frame from;
    std::copy_n(voice.begin() + static_cast<std::ptrdiff_t>(at), kFrameSamples, from.begin());
    if (at == 640) ramp.move_to(db_to_amplitude(-18.0F));
    Frame to = kSilence;
    mix_into(to, from, ramp);
    heard.insert(heard.end(), to.begin(), to.end());
  }
  int steepest = 0;
  for (std::size_t i = 1; i < voice.size(); ++i) steepest = std::max(steepest, std::abs(voice[i] - voice[i - 1]));
  for (std::size_t i = 1; i < heard.size(); ++i) ASSERT_LE(std::abs(heard[i] - heard[i - 1]), steepest + 40) << i;
}

TEST(Level, OfKnownSignals) {
  const auto sine = tone(1000, kSampleRate, 16000, 1.0);
  EXPECT_NEAR(level(sine).rms_dbfs, -3.01F, 0.02F);
  EXPECT_NEAR(level(sine).peak_dbfs, 0.0F, 0.02F);
  EXPECT_EQ(level(kSilence).rms_dbfs, kSilenceDb);
  EXPECT_EQ(level({}).peak_dbfs, kSilenceDb);
  EXPECT_FLOAT_EQ(level(constant(-32768)).peak_dbfs, 0.0F);
}

}  // namespace
}  // namespace parley::audio
