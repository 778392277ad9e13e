// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/generator.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "random_generator.h"
#include "reference_generator.h"

namespace parley::vocoder {
namespace {

using kernels::Isa;
using namespace testing;

// Three frames: in the first stage 30 rows, where the widest convolution pads with 25 on either side.
constexpr std::size_t kFrames = 3;

const RandomPhrase& short_phrase() {
  static const RandomPhrase phrase(kFrames);
  return phrase;
}

const ReferenceSound& reference() {
  static const ReferenceSound sound =
      reference_sound(random_generator(), short_phrase().stretch(), short_phrase().style(), &short_phrase().statistics);
  return sound;
}

const ReferenceSound& measuring_reference() {
  static const ReferenceSound sound =
      reference_sound(random_generator(), short_phrase().stretch(), short_phrase().style(), nullptr);
  return sound;
}

std::vector<float> copy(std::span<const float> samples) { return {samples.begin(), samples.end()}; }

class EveryGenerator : public ::testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!kernels::cpu_supports(GetParam())) GTEST_SKIP() << "this processor lacks " << to_string(GetParam());
  }
  const std::shared_ptr<const GeneratorWeights>& weights() const { return random_weights(GetParam()); }
};

// A value that lies between two bytes is rounded one way in float and the other in double. One convolution after
// another makes more of those, until the difference is a part of what rounding to bytes costs anyway: 47 dB below the
// signal, and 37 where norms that are measured on so few rows stretch it. What is wrong for more than a moment is
// louder; IsRightInEveryPairOfConvolutionsAlone finds the rest.
constexpr double kRounding = 32.0;

TEST_P(EveryGenerator, SoundsAsItsDefinitionSays) {
  Generator generator(weights(), kFrames);
  const auto sound = generator.run(short_phrase().stretch(), short_phrase().conditioning());
  ASSERT_EQ(sound.size(), reference().samples.size());
  EXPECT_GT(worst_distance_db(reference().samples, sound), kRounding);
}

TEST_P(EveryGenerator, MeasuresItsNormsAsTheirDefinitionSays) {
  Generator generator(weights(), kFrames);
  NormStatistics observed;
  const auto sound = generator.run_measuring(short_phrase().stretch(), short_phrase().style(), observed);
  EXPECT_GT(worst_distance_db(measuring_reference().samples, sound), kRounding);
  EXPECT_GT(distance_db(measuring_reference().mean, observed.mean), kRounding);
  EXPECT_GT(distance_db(measuring_reference().variance, observed.variance), kRounding);
  // Nothing was rounded before the noise blocks' first norm.
  for (std::size_t c = 0; c < norm_channels(0); ++c) {
    ASSERT_NEAR(observed.mean[c], measuring_reference().mean[c], 1e-5) << c;
    ASSERT_NEAR(observed.variance[c], measuring_reference().variance[c], 1e-5) << c;
  }
}

TEST_P(EveryGenerator, SoundsTheSameWithTheStatisticsItMeasured) {
  Generator generator(weights(), kFrames);
  NormStatistics observed;
  const auto measured = copy(generator.run_measuring(short_phrase().stretch(), short_phrase().style(), observed));
  const auto given = generator.run(short_phrase().stretch(), Conditioning::of(observed, short_phrase().style()));
  EXPECT_EQ(copy(given), measured);
}

TEST_P(EveryGenerator, SoundsTheSameOnAnyNumberOfThreads) {
  constexpr std::size_t kLonger = 5;  // 50 rows and 301: whole tiles and a rest; the first of three gets none of the 50
  const RandomPhrase phrase(kLonger);
  const Conditioning conditioning = phrase.conditioning();
  Generator alone(weights(), kLonger);
  const auto expected = copy(alone.run(phrase.stretch(), conditioning));
  for (const int threads : {2, 3}) {
    Generator generator(weights(), kLonger, threads);
    EXPECT_EQ(copy(generator.run(phrase.stretch(), conditioning)), expected) << threads;
  }
}

TEST_P(EveryGenerator, MeasuresTheSameOnAnyNumberOfThreads) {
  Generator alone(weights(), kFrames);
  NormStatistics expected;
  const auto sound = copy(alone.run_measuring(short_phrase().stretch(), short_phrase().style(), expected));
  Generator generator(weights(), kFrames, 2);
  NormStatistics observed;
  EXPECT_EQ(copy(generator.run_measuring(short_phrase().stretch(), short_phrase().style(), observed)), sound);
  EXPECT_EQ(observed.mean, expected.mean);
  EXPECT_EQ(observed.variance, expected.variance);
}

TEST_P(EveryGenerator, KeepsNothingOfTheRunBefore) {
  const RandomPhrase longer(kFrames + 2, 50);
  const Conditioning conditioning = short_phrase().conditioning();
  Generator fresh(weights(), kFrames);
  const auto expected = copy(fresh.run(short_phrase().stretch(), conditioning));
  Generator used(weights(), kFrames + 2);
  used.run(longer.stretch(), longer.conditioning());
  EXPECT_EQ(copy(used.run(short_phrase().stretch(), conditioning)), expected);
}

TEST_P(EveryGenerator, SoundsASingleFrame) {
  const RandomPhrase phrase(1);
  Generator generator(weights(), 1, 2);
  const auto sound = generator.run(phrase.stretch(), phrase.conditioning());
  const auto expected = reference_sound(random_generator(), phrase.stretch(), phrase.style(), &phrase.statistics);
  EXPECT_GT(worst_distance_db(expected.samples, sound), kRounding);
}

TEST_P(EveryGenerator, SurvivesNumbersThatAreNone) {
  const RandomPhrase phrase(1);
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity(), -3e38F}) {
    RandomPhrase worse = phrase;
    worse.features[5] = bad;
    worse.harmonics[7] = bad;
    Generator generator(weights(), 1);
    NormStatistics observed;
    EXPECT_EQ(generator.run(worse.stretch(), phrase.conditioning()).size(), kFrameSamples);
    EXPECT_EQ(generator.run_measuring(worse.stretch(), phrase.style(), observed).size(), kFrameSamples);
    Conditioning conditioning = phrase.conditioning();
    std::ranges::fill(conditioning.gain, bad);
    EXPECT_EQ(generator.run(phrase.stretch(), conditioning).size(), kFrameSamples);
    const auto sound = copy(generator.run(phrase.stretch(), phrase.conditioning()));
    EXPECT_TRUE(std::ranges::all_of(sound, [](float sample) { return std::isfinite(sample); }));
  }
}

INSTANTIATE_TEST_SUITE_P(InstructionSets, EveryGenerator, ::testing::ValuesIn(kernels::kAllIsas),
                         [](const auto& isa) { return std::string(to_string(isa.param)); });

// Only one pair of convolutions has weights, so that only its own rounding is in the way, 62…129 dB below the signal:
// its taps, dilations, padding and residual, its norms and its Snakes must all be where they belong.
TEST(Generator, IsRightInEveryPairOfConvolutionsAlone) {
  constexpr std::size_t kInStage = kConvs / kStages.size();
  const RandomPhrase phrase(2);
  const Conditioning conditioning = phrase.conditioning();
  RandomGenerator tensors = random_generator();
  auto weights = std::make_shared<GeneratorWeights>(*random_weights(kernels::best_isa()));
  const auto scale_pair = [&](std::size_t first, float by) {
    for (const std::size_t n : {first, first + 1}) {
      const float scale = by * random_generator().floats(conv_prefix(n) + "weight_scale")[0];
      tensors.floats(conv_prefix(n) + "weight_scale")[0] = scale;
      weights->stages[n / kInStage].convs[n % kInStage].conv.scale = scale;
    }
  };
  for (std::size_t n = 0; n < kConvs; n += 2) scale_pair(n, 0.0F);
  Generator generator(weights, 2);
  for (std::size_t n = 0; n < kConvs; n += 2) {
    scale_pair(n, 1.0F);
    const auto expected = reference_sound(tensors, phrase.stretch(), phrase.style(), &phrase.statistics);
    const auto sound = generator.run(phrase.stretch(), conditioning);
    EXPECT_GT(worst_distance_db(expected.samples, sound), 55.0) << conv_prefix(n);
    scale_pair(n, 0.0F);
  }
}

TEST(Generator, TwoAtOnceShareTheirWeights) {
  const auto& weights = random_weights(kernels::best_isa());
  const Conditioning conditioning = short_phrase().conditioning();
  Generator alone(weights, kFrames);
  const auto expected = copy(alone.run(short_phrase().stretch(), conditioning));
  std::vector<std::vector<float>> sounds(2);
  std::vector<std::jthread> talkers;
  for (auto& sound : sounds) {
    talkers.emplace_back([&] {
      Generator generator(weights, kFrames, 2);
      for (int i = 0; i < 3; ++i) sound = copy(generator.run(short_phrase().stretch(), conditioning));
    });
  }
  talkers.clear();
  for (const auto& sound : sounds) EXPECT_EQ(sound, expected);
}

TEST(Generator, RefusesAStretchOfTheWrongSize) {
  Generator generator(random_weights(kernels::best_isa()), kFrames);
  EXPECT_EQ(generator.max_frames(), kFrames);
  const Conditioning conditioning = short_phrase().conditioning();
  const auto [features, harmonics] = short_phrase().stretch();
  const RandomPhrase longer(kFrames + 1);
  NormStatistics observed;
  for (const Stretch& wrong :
       {Stretch{}, Stretch{features.first(0), harmonics}, Stretch{features.first(7), harmonics},
        Stretch{features.first(features.size() - 1), harmonics},
        Stretch{features, harmonics.first(harmonics.size() - 1)}, Stretch{features, {}}, longer.stretch()}) {
    EXPECT_THROW(generator.run(wrong, conditioning), std::logic_error);
    EXPECT_THROW(generator.run_measuring(wrong, short_phrase().style(), observed), std::logic_error);
  }
}

TEST(Stretch, PartsHoldTheirOwnFrames) {
  const RandomPhrase phrase(9);
  const Stretch part = phrase.stretch().part(2, 6);
  EXPECT_EQ(part.frames(), 4U);
  EXPECT_EQ(part.features.data(), phrase.features.data() + 2 * kFeatureChannels);
  EXPECT_EQ(part.harmonics.data(), phrase.harmonics.data() + 2 * kFrameHarmonics * kHarmonicChannels);
  EXPECT_EQ(part.harmonics.size(), (4 * kFrameHarmonics + 1) * kHarmonicChannels);
  const Stretch whole = phrase.stretch().part(0, 9);
  EXPECT_EQ(whole.features.size(), phrase.features.size());
  EXPECT_EQ(whole.harmonics.size(), phrase.harmonics.size());
}

}  // namespace
}  // namespace parley::vocoder
