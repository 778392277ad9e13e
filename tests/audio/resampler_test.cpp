// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/resampler.h"

#include <algorithm>
#include <stdexcept>

#include <gtest/gtest.h>

#include "audio/gain.h"
#include "audio/halfband.h"
#include "tone.h"

namespace parley::audio {
namespace {

/// Without the ends, where a filter rings.
std::span<const std::int16_t> middle(std::span<const std::int16_t> samples) {
  return samples.subspan(samples.size() / 4, samples.size() / 2);
}

struct Rates {
  int in;
  int out;
};

class EveryRate : public testing::TestWithParam<Rates> {};

TEST_P(EveryRate, LengthFrequencyAndLevelArePreserved) {
  const auto [in_rate, out_rate] = GetParam();
  const auto in = tone(1000, in_rate, static_cast<std::size_t>(in_rate), 0.5);
  const auto out = resample<std::int16_t, std::int16_t>(in, in_rate, out_rate);
  EXPECT_NEAR(static_cast<double>(out.size()), out_rate, 1.0);
  EXPECT_NEAR(amplitude_at(1000, out_rate, middle(out)), 0.5, 0.005);
  EXPECT_NEAR(level(middle(out)).rms_dbfs, level(in).rms_dbfs, 0.05);
}

TEST_P(EveryRate, StreamingInFramesGivesWhatOneBlockGives) {
  const auto [in_rate, out_rate] = GetParam();
  const auto in = tone(700, in_rate, static_cast<std::size_t>(in_rate) / 2, 0.9);
  const auto whole = resample<std::int16_t, std::int16_t>(in, in_rate, out_rate);
  Resampler<std::int16_t, std::int16_t> resampler(in_rate, out_rate);
  for (int stream = 0; stream < 2; ++stream) {  // flush() leaves it ready for another stream.
    std::vector<std::int16_t> out;
    for (std::size_t at = 0; at < in.size(); at += 160) {
      const auto got = resampler.process(std::span(in).subspan(at, std::min<std::size_t>(160, in.size() - at)));
      out.insert(out.end(), got.begin(), got.end());
    }
    const auto rest = resampler.flush();
    out.insert(out.end(), rest.begin(), rest.end());
    EXPECT_EQ(out, whole);
  }
}

INSTANTIATE_TEST_SUITE_P(Resampler, EveryRate,
                         testing::Values(Rates{8000, 16000}, Rates{16000, 8000}, Rates{24000, 16000},
                                         Rates{22050, 16000}, Rates{44100, 16000}, Rates{48000, 16000},
                                         Rates{16000, 16000}),
                         [](const auto& rates) {
                           return std::to_string(rates.param.in) + "to" + std::to_string(rates.param.out);
                         });

TEST(Resampler, WhatTheLowerRateCannotHoldIsRemovedNotFolded) {
  const auto in = tone(10000, 24000, 24000, 0.9);
  const auto out = resample<std::int16_t, std::int16_t>(in, 24000, 16000);
  EXPECT_LT(level(middle(out)).rms_dbfs, -80.0F);
}

TEST(Resampler, FloatAtFullScaleBecomesS16AtFullScaleAndLouderIsClipped) {
  std::vector<float> in(24000, 1.5F);
  const auto out = resample<float, std::int16_t>(in, 24000, 16000);
  EXPECT_EQ(out[out.size() / 2], 32767);
  std::fill(in.begin(), in.end(), 0.5F);
  EXPECT_NEAR((resample<float, std::int16_t>(in, 24000, 16000)[8000]), 16384, 2);
}

TEST(Resampler, SilenceStaysDigitalSilence) {
  const std::vector<float> in(24000, 0.0F);
  const auto out = resample<float, std::int16_t>(in, 24000, 16000);
  EXPECT_TRUE(std::all_of(out.begin(), out.end(), [](std::int16_t s) { return s == 0; }));
}

TEST(Resampler, NothingAndOneSampleAreStreamsToo) {
  EXPECT_TRUE((resample<float, std::int16_t>({}, 24000, 16000)).empty());
  const std::vector<float> one{0.5F};
  EXPECT_LE((resample<float, std::int16_t>(one, 24000, 16000)).size(), 1U);
  EXPECT_EQ((resample<float, float>(one, 8000, 16000)).size(), 2U);
}

TEST(Resampler, RefusesRatesThatAreNone) {
  EXPECT_THROW((Resampler<float, float>(0, 16000)), std::invalid_argument);
  EXPECT_THROW((Resampler<float, float>(16000, -1)), std::invalid_argument);
}

std::vector<std::int16_t> doubled(std::span<const std::int16_t> in) {
  std::vector<std::int16_t> out(2 * in.size());
  Upsampler2 up;
  for (std::size_t at = 0; at + 160 <= in.size(); at += 160)
    up.process(in.subspan(at, 160), std::span(out).subspan(2 * at, 320));
  return out;
}

std::vector<std::int16_t> halved(std::span<const std::int16_t> in) {
  std::vector<std::int16_t> out(in.size() / 2);
  Downsampler2 down;
  for (std::size_t at = 0; at + 320 <= in.size(); at += 320)
    down.process(in.subspan(at, 320), std::span(out).subspan(at / 2, 160));
  return out;
}

class TelephoneBand : public testing::TestWithParam<double> {};

TEST_P(TelephoneBand, PassesUnchangedBothWays) {
  const double hertz = GetParam();
  const auto up = doubled(tone(hertz, 8000, 8000));
  EXPECT_NEAR(amplitude_to_db(static_cast<float>(amplitude_at(hertz, 16000, middle(up)) / 0.5)), 0.0F, 0.1F);
  EXPECT_LT(amplitude_to_db(static_cast<float>(amplitude_at(8000 - hertz, 16000, middle(up)) / 0.5)), -60.0F)
      << "image";
  const auto down = halved(tone(hertz, 16000, 16000));
  EXPECT_NEAR(amplitude_to_db(static_cast<float>(amplitude_at(hertz, 8000, middle(down)) / 0.5)), 0.0F, 0.1F);
}

INSTANTIATE_TEST_SUITE_P(Halfband, TelephoneBand, testing::Values(50.0, 300.0, 1000.0, 2500.0, 3400.0),
                         [](const auto& hertz) { return std::to_string(static_cast<int>(hertz.param)) + "Hz"; });

TEST(Halfband, WhatEightKilohertzCannotHoldIsRemovedNotFolded) {
  for (const double hertz : {4600.0, 5500.0, 7000.0}) {
    EXPECT_LT(level(middle(halved(tone(hertz, 16000, 16000, 0.9)))).rms_dbfs, -60.0F) << hertz;
  }
}

TEST(Halfband, DelaysByLessThanTwoMilliseconds) {
  std::vector<std::int16_t> click(1600);
  click[0] = 16000;
  const auto up = doubled(click);
  const auto peak = std::max_element(up.begin(), up.end()) - up.begin();
  EXPECT_EQ(peak, 31);
}

TEST(Halfband, FullScaleClipsAndNeverWraps) {
  std::vector<std::int16_t> square(1600);
  for (std::size_t i = 0; i < square.size(); ++i) square[i] = i / 20 % 2 == 0 ? 32767 : -32768;
  const auto up = doubled(square);
  for (std::size_t i = 100; i < up.size(); ++i) {
    const bool high = (i - 31) / 40 % 2 == 0;
    const bool at_edge = (i - 31) % 40 < 2 || (i - 31) % 40 > 38;
    if (!at_edge) {
      ASSERT_GT(high ? up[i] : -up[i], 20000) << i;
    }
  }
}

}  // namespace
}  // namespace parley::audio
