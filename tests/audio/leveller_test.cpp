// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/leveller.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "audio/gain.h"
#include "audio/loudness.h"
#include "tone.h"

namespace parley::audio {
namespace {

int peak(std::span<const std::int16_t> samples) {
  int found = 0;
  for (const int sample : samples) found = std::max(found, std::abs(sample));
  return found;
}

float loudness_of(std::span<const std::int16_t> samples) {
  LoudnessMeter meter;
  meter.add(samples);
  return meter.integrated().value();
}

TEST(Leveller, BringsSpeechToTheLoudnessOfTheCall) {
  Leveller leveller({.first_lufs = -23.0F});
  for (const float target : {-26.0F, -26.0F, -24.0F}) {
    auto phrase = sine(-23.0F, 1.0);
    leveller.begin_phrase(target);
    leveller.process(phrase);
    EXPECT_NEAR(loudness_of(phrase), target, 0.2F);
  }
}

TEST(Leveller, LearnsHowLoudTheVoiceIs) {
  Leveller leveller({.first_lufs = -19.0F});
  auto phrase = sine(-23.0F, 1.0);
  leveller.begin_phrase(-21.0F);
  leveller.process(phrase);
  EXPECT_NEAR(loudness_of(phrase), -25.0F, 0.2F) << "the first is taken to be at -19";
  phrase = sine(-23.0F, 1.0);
  leveller.begin_phrase(-21.0F);
  EXPECT_NEAR(leveller.gain_db(), 1.0F, 0.2F) << "not more than 3 dB at once";
  leveller.process(phrase);
  leveller.begin_phrase(-21.0F);
  EXPECT_NEAR(leveller.gain_db(), 2.0F, 0.2F);
}

TEST(Leveller, StaysWithinBounds) {
  Leveller quiet({.first_lufs = -23.0F});
  quiet.begin_phrase(-60.0F);
  EXPECT_NEAR(quiet.gain_db(), -7.0F, 0.01F);
  Leveller loud({.first_lufs = -23.0F});
  loud.begin_phrase(0.0F);
  EXPECT_NEAR(loud.gain_db(), 7.0F, 0.01F);
}

TEST(Leveller, KeepsItsGainWhileNobodyKnowsHowLoudTheSpeakerIs) {
  Leveller leveller({.first_lufs = -23.0F});
  auto phrase = sine(-23.0F, 1.0);
  const auto untouched = phrase;
  leveller.begin_phrase({});
  leveller.process(phrase);
  EXPECT_EQ(phrase, untouched);
  leveller.begin_phrase(-26.0F);
  leveller.begin_phrase({});
  EXPECT_NEAR(leveller.gain_db(), -3.0F, 0.1F);
}

TEST(Leveller, NeverClips) {
  Leveller leveller({.loudest_lufs = 0.0F, .first_lufs = -23.0F});
  auto phrase = sine(-2.0F, 1.0);
  leveller.begin_phrase(0.0F);
  EXPECT_NEAR(leveller.gain_db(), 12.0F, 0.01F);
  leveller.process(phrase);
  EXPECT_LT(peak(phrase), 32768 * db_to_amplitude(-0.99F));
  EXPECT_GT(peak(phrase), 32768 * db_to_amplitude(-1.5F));
}

TEST(Leveller, DoesNothingWhenItIsOff) {
  Leveller leveller({.on = false});
  auto phrase = sine(-23.0F, 1.0);
  const auto untouched = phrase;
  leveller.begin_phrase(-16.0F);
  leveller.process(phrase);
  EXPECT_EQ(phrase, untouched);
}

}  // namespace
}  // namespace parley::audio
