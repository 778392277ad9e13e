// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/loudness.h"

#include <gtest/gtest.h>

#include "tone.h"

namespace parley::audio {
namespace {

// EBU Tech 3341, minimum requirements test signals, as both ears hear the one channel that we have.

TEST(LoudnessMeter, ASineOfMinus23HasMinus23Lufs) {
  LoudnessMeter meter;
  meter.add(sine(-23.0F, 20.0));
  EXPECT_NEAR(meter.short_term().value(), -23.0F, 0.1F);
  EXPECT_NEAR(meter.integrated().value(), -23.0F, 0.1F);
}

TEST(LoudnessMeter, ASineOfMinus33HasMinus33Lufs) {
  LoudnessMeter meter;
  meter.add(sine(-33.0F, 20.0));
  EXPECT_NEAR(meter.short_term().value(), -33.0F, 0.1F);
  EXPECT_NEAR(meter.integrated().value(), -33.0F, 0.1F);
}

TEST(LoudnessMeter, QuietStretchesAndPausesDoNotCount) {
  LoudnessMeter meter;
  meter.add(sine(-72.0F, 10.0));
  meter.add(sine(-36.0F, 10.0));
  meter.add(sine(-23.0F, 60.0));
  meter.add(sine(-36.0F, 10.0));
  meter.add(sine(-72.0F, 10.0));
  EXPECT_NEAR(meter.integrated().value(), -23.0F, 0.1F);
  EXPECT_FALSE(meter.short_term().has_value()) << "the last 3 s are silence";
}

TEST(LoudnessMeter, ShortTermIsTheLastThreeSeconds) {
  LoudnessMeter meter;
  meter.add(sine(-33.0F, 5.0));
  meter.add(sine(-20.0F, 3.0));
  EXPECT_NEAR(meter.short_term().value(), -20.0F, 0.1F);
}

TEST(LoudnessMeter, SaysNothingOfLessThan400MsAndOfWhatItHasThen) {
  LoudnessMeter meter;
  EXPECT_FALSE(meter.integrated().has_value());
  meter.add(sine(-23.0F, 0.39));
  EXPECT_FALSE(meter.short_term().has_value());
  meter.add(sine(-23.0F, 0.11));
  EXPECT_NEAR(meter.short_term().value(), -23.0F, 0.2F);
  EXPECT_NEAR(meter.integrated().value(), -23.0F, 0.2F);
}

TEST(LoudnessMeter, TelephoneBandAndFrameSizeDoNotMatter) {
  LoudnessMeter meter;
  const auto samples = sine(-23.0F, 4.0);
  for (std::size_t i = 0; i + kFrameSamples <= samples.size(); i += kFrameSamples)
    meter.add(std::span(samples).subspan(i, kFrameSamples));
  EXPECT_NEAR(meter.short_term().value(), -23.0F, 0.1F);
}

}  // namespace
}  // namespace parley::audio
