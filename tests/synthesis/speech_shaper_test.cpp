// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/speech_shaper.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "audio/frame.h"

namespace parley::synthesis {
namespace {

constexpr int kRate = 24000;
constexpr float kLevel = 0.01F;  // −20 dB: no gain

void append(std::vector<float>& samples, int milliseconds, float amplitude) {
  for (int i = 0; i < milliseconds * kRate / 1000; ++i)
    samples.push_back(amplitude * static_cast<float>(std::sin(2 * std::numbers::pi * 200.0 * i / kRate)));
}

std::vector<float> two_words() {
  std::vector<float> samples;
  append(samples, 130, 0.0F);
  append(samples, 300, 0.3F);
  append(samples, 220, 0.0F);
  append(samples, 300, 0.2F);
  append(samples, 410, 0.0F);
  return samples;
}

std::vector<std::int16_t> shape_in_pieces(std::span<const float> samples, std::size_t piece, float level = kLevel) {
  SpeechShaper shaper(kRate, level);
  std::vector<std::int16_t> out;
  for (std::size_t i = 0; i < samples.size(); i += piece) {
    const auto ready = shaper.feed(samples.subspan(i, std::min(piece, samples.size() - i)));
    out.insert(out.end(), ready.begin(), ready.end());
  }
  const auto rest = shaper.finish();
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

TEST(SpeechShaper, APhraseInPiecesIsThePhraseInOne) {
  const auto samples = two_words();
  // The tone's own level is -13.5 dB, which the whole phrase would be turned down by to -18.
  const auto whole = shape_speech(samples, kRate);
  for (const std::size_t piece : {97U, 120U, 4800U, 100000U}) {
    const auto pieces = shape_in_pieces(samples, piece, speech_level(samples, kRate));
    ASSERT_EQ(pieces.size(), whole.size()) << piece;
    for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(pieces[i], whole[i], 1) << piece << ' ' << i;
  }
}

TEST(SpeechShaper, GivesSpeechAtOnceAndHoldsSilenceBack) {
  SpeechShaper shaper(kRate, kLevel);
  std::vector<float> samples;
  append(samples, 100, 0.0F);
  EXPECT_TRUE(shaper.feed(samples).empty());
  samples.clear();
  append(samples, 400, 0.2F);
  const auto speech = shaper.feed(samples);
  EXPECT_GT(speech.size(), 300U * 16);
  samples.clear();
  append(samples, 1000, 0.0F);
  EXPECT_LT(shaper.feed(samples).size(), 200U * 16);
  samples.clear();
  append(samples, 100, 0.2F);
  EXPECT_GT(shaper.feed(samples).size(), 900U * 16) << "the pause inside the phrase is kept";
}

TEST(SpeechShaper, TheVoicesLevelDecidesTheGain) {
  const auto samples = two_words();
  const auto peak = [](const std::vector<std::int16_t>& pcm) { return std::ranges::max(pcm) / 32767.0; };
  EXPECT_NEAR(peak(shape_in_pieces(samples, 4800, 0.01F)), 0.3, 0.01);
  EXPECT_NEAR(peak(shape_in_pieces(samples, 4800, 0.1F)), 0.3 * std::sqrt(0.01585 / 0.1), 0.01);
  EXPECT_NEAR(peak(shape_in_pieces(samples, 4800, 0.0F)), 0.3, 0.01) << "a voice of unknown level stays as it is";
}

TEST(SpeechShaper, SilenceAndNothingGiveNothing) {
  EXPECT_TRUE(shape_in_pieces({}, 100).empty());
  EXPECT_TRUE(shape_in_pieces(std::vector<float>(24000, 0.0F), 4800).empty());
  EXPECT_TRUE(shape_in_pieces(std::vector<float>(24000, 1e-5F), 4800).empty());
}

TEST(SpeechShaper, EndsSoftlyWhereSpeechIsCutOff) {
  std::vector<float> samples;
  append(samples, 301, 0.3F);
  const auto out = shape_in_pieces(samples, 1200);
  EXPECT_NEAR(static_cast<double>(out.size()), 301.0 * 16, 16.0);
  EXPECT_LT(std::abs(out.back()), 400);
}

}  // namespace
}  // namespace parley::synthesis
