// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/statistics_map.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "random_generator.h"
#include "vocoder/generator.h"

namespace parley::vocoder {
namespace {

using testing::random_generator;
using testing::random_values;
using testing::RandomPhrase;

constexpr std::size_t kRank = 3;

StatisticsMap random_map() {
  return StatisticsMap(random_generator().floats("map.encode"), random_generator().floats("map.decode"));
}

/// Mean and log deviation of one channel, from their definitions.
std::pair<double, double> moments(std::span<const float> rows, std::size_t channels, std::size_t channel) {
  const auto count = static_cast<double>(rows.size() / channels);
  double mean = 0.0;
  double variance = 0.0;
  for (std::size_t i = channel; i < rows.size(); i += channels) mean += static_cast<double>(rows[i]) / count;
  for (std::size_t i = channel; i < rows.size(); i += channels)
    variance += (static_cast<double>(rows[i]) - mean) * (static_cast<double>(rows[i]) - mean) / count;
  return {mean, std::log(std::sqrt(variance) + 1e-2)};
}

TEST(Summary, HoldsMomentsOfFeaturesAndHarmonicsAndTheLength) {
  const RandomPhrase phrase(20);
  const auto summary = summary_of(phrase.stretch(), 6);
  ASSERT_EQ(summary.size(), kSummarySize);
  for (std::size_t c = 0; c < kFeatureChannels; ++c) {
    const auto [mean, deviation] = moments(phrase.features, kFeatureChannels, c);
    ASSERT_NEAR(summary[c], mean, 1e-5);
    ASSERT_NEAR(summary[kFeatureChannels + c], deviation, 1e-5);
  }
  for (std::size_t c = 0; c < kHarmonicChannels; ++c) {
    const auto [mean, deviation] = moments(phrase.harmonics, kHarmonicChannels, c);
    ASSERT_NEAR(summary[2 * kFeatureChannels + c], mean, 1e-5);
    ASSERT_NEAR(summary[2 * kFeatureChannels + kHarmonicChannels + c], deviation, 1e-5);
  }
  EXPECT_FLOAT_EQ(summary[kSummarySize - 3], std::log(20.0F));
  EXPECT_FLOAT_EQ(summary[kSummarySize - 2], 14.0F / 20.0F);
  EXPECT_FLOAT_EQ(summary[kSummarySize - 1], std::log(14.0F));
}

TEST(Summary, StaysFiniteWhereNothingVariesOrNothingIsVoiced) {
  RandomPhrase phrase(1);
  std::ranges::fill(phrase.features, 7.0F);
  std::ranges::fill(phrase.harmonics, 0.0F);
  for (const std::size_t lead : {0, 1, 2, 1000}) {
    const auto summary = summary_of(phrase.stretch(), lead);
    EXPECT_TRUE(std::ranges::all_of(summary, [](float value) { return std::isfinite(value); })) << lead;
    EXPECT_FLOAT_EQ(summary[kFeatureChannels], std::log(1e-2F));
  }
}

TEST(StatisticsMap, ForetellsTheBaseAndALinearMapOfTheSummary) {
  const auto& encode = random_generator().floats("map.encode");
  const auto& decode = random_generator().floats("map.decode");
  const auto summary = summary_of(RandomPhrase(4).stretch(), 1);
  const StatisticsBase base = random_values(2 * kNormChannels, 7, 1.0F);
  const NormStatistics foretold = random_map().predict(base, summary);
  const auto expected = [&](std::size_t out) {
    auto value = static_cast<double>(base[out]);
    for (std::size_t r = 0; r < kRank; ++r) {
      double code = 0.0;
      for (std::size_t i = 0; i < kSummarySize; ++i)
        code += static_cast<double>(summary[i]) * static_cast<double>(encode[i * kRank + r]);
      value += code * static_cast<double>(decode[r * 2 * kNormChannels + out]);
    }
    return value;
  };
  for (std::size_t c = 0; c < kNormChannels; c += 61) {
    ASSERT_NEAR(foretold.mean[c], expected(c), 1e-5) << c;
    const double variance = std::exp(expected(kNormChannels + c)) - 1e-5;
    ASSERT_NEAR(foretold.variance[c], variance, 1e-5 * (1.0 + variance)) << c;
  }
}

TEST(StatisticsMap, ForetellsThePhraseItsBaseWasMadeOf) {
  const RandomPhrase phrase(4);
  const auto summary = summary_of(phrase.stretch(), 1);
  NormStatistics observed = phrase.statistics;
  observed.variance[5] = 0.0F;
  observed.variance[6] = 1e4F;
  const StatisticsMap map = random_map();
  const NormStatistics foretold = map.predict(map.base_of(observed, summary), summary);
  for (std::size_t c = 0; c < kNormChannels; ++c) {
    ASSERT_NEAR(foretold.mean[c], observed.mean[c], 1e-5) << c;
    ASSERT_NEAR(foretold.variance[c], observed.variance[c], 1e-5 * (1.0F + observed.variance[c])) << c;
  }
}

TEST(StatisticsMap, NeverForetellsAVarianceThatIsNone) {
  const std::vector<float> summary(kSummarySize, 1.0F);
  for (const float freak : {-1e30F, -100.0F, 88.0F, 1e30F}) {
    const StatisticsBase base(2 * kNormChannels, freak);
    const NormStatistics foretold = random_map().predict(base, summary);
    for (const float variance : foretold.variance) {
      ASSERT_TRUE(std::isfinite(variance)) << freak;
      ASSERT_GE(variance, 0.0F) << freak;
    }
  }
}

TEST(StatisticsMap, WithoutWeightsForetellsTheBase) {
  const std::vector<float> summary(kSummarySize, 1.0F);
  const StatisticsBase base(2 * kNormChannels, 0.5F);
  EXPECT_EQ(StatisticsMap().predict(base, summary).mean, std::vector<float>(kNormChannels, 0.5F));
}

}  // namespace
}  // namespace parley::vocoder
