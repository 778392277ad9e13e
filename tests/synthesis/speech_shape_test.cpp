// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/speech_shape.h"

#include <cmath>
#include <numbers>
#include <span>

#include <gtest/gtest.h>

namespace parley::synthesis {
namespace {

constexpr int kRate = 24000;

// A 200 Hz tone between silences, all in milliseconds.
std::vector<float> tone(int lead, int length, int tail, float level = 0.5F) {
  std::vector<float> samples(static_cast<std::size_t>((lead + length + tail) * kRate / 1000), 0.0F);
  for (int i = lead * kRate / 1000; i < (lead + length) * kRate / 1000; ++i) {
    samples[static_cast<std::size_t>(i)] =
        level * static_cast<float>(std::sin(2 * std::numbers::pi * 200.0 * i / kRate));
  }
  return samples;
}

double milliseconds_of(std::size_t samples, int rate) { return 1000.0 * static_cast<double>(samples) / rate; }

float level_gain(std::span<const float> samples, int rate) { return gain_for_level(speech_level(samples, rate)); }

TEST(TrimSilence, KeepsALittleBeforeAndAfterTheSpeech) {
  const auto samples = tone(300, 400, 500);
  const auto speech = trim_silence(samples, kRate);
  EXPECT_NEAR(milliseconds_of(static_cast<std::size_t>(speech.data() - samples.data()), kRate), 275, 6);
  EXPECT_NEAR(milliseconds_of(speech.size(), kRate), 25 + 400 + SpeechShape().tail_ms, 11);
}

TEST(TrimSilence, KeepsPausesInside) {
  auto samples = tone(200, 100, 300);
  const auto second = tone(0, 100, 200);
  samples.insert(samples.end(), second.begin(), second.end());
  EXPECT_NEAR(milliseconds_of(trim_silence(samples, kRate).size(), kRate), 25 + 100 + 300 + 100 + SpeechShape().tail_ms,
              11);
}

TEST(TrimSilence, KeepsSpeechThatFillsTheWhole) {
  const auto samples = tone(0, 300, 0);
  EXPECT_EQ(trim_silence(samples, kRate).size(), samples.size());
}

TEST(TrimSilence, AQuietBeginningIsSpeech) {
  auto samples = tone(300, 400, 100);
  const auto quiet = tone(200, 100, 0, 0.005F);  // 40 dB below
  std::copy(quiet.begin() + 200 * kRate / 1000, quiet.end(), samples.begin() + 200 * kRate / 1000);
  EXPECT_NEAR(milliseconds_of(static_cast<std::size_t>(trim_silence(samples, kRate).data() - samples.data()), kRate),
              175, 6);
}

TEST(TrimSilence, SilenceAndNothingGiveNothing) {
  EXPECT_TRUE(trim_silence(std::vector<float>(24000, 0.0F), kRate).empty());
  EXPECT_TRUE(trim_silence(std::vector<float>(24000, 1e-6F), kRate).empty());
  EXPECT_TRUE(trim_silence({}, kRate).empty());
  EXPECT_TRUE(shape_speech({}, kRate).empty());
}

TEST(FadeEnds, BeginsAndEndsAtZero) {
  std::vector<float> samples(4800, 1.0F);
  fade_in(samples, kRate);
  fade_out(samples, kRate);
  EXPECT_EQ(samples.front(), 0.0F);
  EXPECT_EQ(samples.back(), 0.0F);
  EXPECT_EQ(samples[5 * kRate / 1000], 1.0F);
  EXPECT_EQ(samples[samples.size() - 1 - 10 * kRate / 1000], 1.0F);
  std::vector<float> shortest(3, 1.0F);
  fade_in(shortest, kRate);
  fade_out(shortest, kRate);
  EXPECT_LE(shortest[1], 1.0F);
}

TEST(Limit, LeavesModestSamplesAloneAndKeepsEveryOtherBelowFullScale) {
  EXPECT_EQ(limit(0.5F, 0.8F), 0.5F);
  EXPECT_EQ(limit(-0.8F, 0.8F), -0.8F);
  float previous = 0.8F;
  for (float x = 0.81F; x < 1.5F; x += 0.01F) {
    EXPECT_GT(limit(x, 0.8F), previous);
    EXPECT_LT(limit(x, 0.8F), 1.0F);
    EXPECT_EQ(limit(-x, 0.8F), -limit(x, 0.8F));
    previous = limit(x, 0.8F);
  }
}

double level_db(std::span<const float> samples) {
  double power = 0.0;
  for (const double sample : samples) power += sample * sample;
  return 10 * std::log10(power / static_cast<double>(samples.size()));
}

TEST(LevelGain, BringsLoudAndQuietVoicesIntoTheRange) {
  for (const float level : {0.9F, 0.02F}) {
    auto samples = tone(0, 400, 0, level);
    const float gain = level_gain(samples, kRate);
    for (float& sample : samples) sample *= gain;
    EXPECT_NEAR(level_db(samples), level > 0.5F ? -18.0 : -22.0, 0.1);
  }
}

TEST(LevelGain, LeavesWhatIsInsideAlone) {
  EXPECT_FLOAT_EQ(level_gain(tone(0, 400, 0, 0.141F), kRate), 1.0F);  // −20 dB
  EXPECT_EQ(level_gain(std::vector<float>(2400, 0.0F), kRate), 1.0F);
  EXPECT_EQ(level_gain({}, kRate), 1.0F);
}

TEST(LevelGain, PausesDoNotCount) {
  EXPECT_NEAR(level_gain(tone(300, 400, 800, 0.9F), kRate), level_gain(tone(0, 400, 0, 0.9F), kRate), 0.01);
}

TEST(ShapeSpeech, Gives16kHzOfTheRightLengthAndLevel) {
  const auto speech = shape_speech(tone(300, 400, 500, 0.15F), kRate);
  EXPECT_NEAR(milliseconds_of(speech.size(), 16000), 25 + 400 + SpeechShape().tail_ms, 11);
  std::int16_t loudest = 0;
  for (const std::int16_t sample : speech)
    loudest = std::max<std::int16_t>(loudest, static_cast<std::int16_t>(std::abs(sample)));
  EXPECT_NEAR(loudest, 0.15 * 32767, 0.01 * 32767);
}

TEST(ShapeSpeech, SpeechBeyondFullScaleIsNotClipped) {
  const auto speech = shape_speech(tone(100, 400, 100, 1.4F), kRate, {.loudest_db = 3.0F});  // kept as loud as it is
  int at_full_scale = 0;
  for (const std::int16_t sample : speech) at_full_scale += std::abs(sample) >= 32767 ? 1 : 0;
  EXPECT_EQ(at_full_scale, 0);
}

}  // namespace
}  // namespace parley::synthesis
