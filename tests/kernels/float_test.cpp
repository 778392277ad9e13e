// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "kernels/kernels.h"

namespace parley::kernels {
namespace {

std::vector<float> random_values(std::size_t n, unsigned seed, float deviation = 3.0F) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> values(n);
  std::ranges::generate(values, [&] { return normal(random); });
  return values;
}

constexpr std::size_t kSizes[] = {1, 2, 15, 16, 17, 31, 32, 33, 100, 256, 4999};

class FloatKernels : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!cpu_supports(GetParam())) GTEST_SKIP() << "this processor lacks " << to_string(GetParam());
  }
  const Kernels& kernels() const { return kernels_for(GetParam()); }
};

TEST_P(FloatKernels, SoftmaxIsADistributionInTheRightProportions) {
  for (const std::size_t n : kSizes) {
    const auto x = random_values(n, static_cast<unsigned>(n));
    auto soft = x;
    kernels().softmax(soft.data(), n);
    double total = 0;
    for (const float value : x) total += std::exp(static_cast<double>(value));
    for (std::size_t i = 0; i < n; ++i)
      ASSERT_NEAR(soft[i], std::exp(static_cast<double>(x[i])) / total, 1e-6) << n << " values, at " << i;
  }
}

TEST_P(FloatKernels, SoftmaxOfFarApartValuesStaysFinite) {
  std::vector<float> x{-3e38F, 0.0F, 1000.0F, -1000.0F};
  kernels().softmax(x.data(), x.size());
  EXPECT_EQ(x[2], 1.0F);
  EXPECT_NEAR(x[0] + x[1] + x[3], 0.0, 1e-30);
}

TEST_P(FloatKernels, LogSumExpAgreesWithDoublePrecision) {
  for (const std::size_t n : kSizes) {
    const auto x = random_values(n, static_cast<unsigned>(n) + 1);
    double total = 0;
    for (const float value : x) total += std::exp(static_cast<double>(value));
    ASSERT_NEAR(kernels().log_sum_exp(x.data(), n, *std::ranges::max_element(x)), std::log(total),
                2e-6 * std::log(n + 2.0) + 2e-6)
        << n;
  }
}

TEST_P(FloatKernels, ArgmaxIsTheFirstOfTheLargest) {
  for (const std::size_t n : kSizes) {
    auto x = random_values(n, static_cast<unsigned>(n) + 2);
    EXPECT_EQ(kernels().argmax(x.data(), n), static_cast<std::size_t>(std::ranges::max_element(x) - x.begin()));
    std::ranges::fill(x, -5.0F);
    EXPECT_EQ(kernels().argmax(x.data(), n), 0U);
  }
}

TEST_P(FloatKernels, SigmoidAndReluFollowTheirDefinition) {
  for (const std::size_t n : kSizes) {
    const auto x = random_values(n, static_cast<unsigned>(n) + 3, 20.0F);
    auto s = x;
    auto r = x;
    kernels().sigmoid(s.data(), n);
    kernels().relu(r.data(), n);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(s[i], 1.0 / (1.0 + std::exp(-static_cast<double>(x[i]))), 1e-6);
      ASSERT_EQ(r[i], std::max(x[i], 0.0F));
    }
  }
}

TEST_P(FloatKernels, LayerNormOfASumHasItsGainAndBias) {
  for (const std::size_t n : {1, 16, 17, 256, 300}) {
    const auto a = random_values(n, 1);
    const auto b = random_values(n, 2);
    const auto gain = random_values(n, 3);
    const auto bias = random_values(n, 4);
    auto out = a;
    kernels().add_layer_norm(out.data(), b.data(), gain.data(), bias.data(), 1e-9F, n, out.data());
    double mean = 0;
    double variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += (a[i] + b[i]) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) variance += std::pow(a[i] + b[i] - mean, 2) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_NEAR(out[i], (a[i] + b[i] - mean) / std::sqrt(variance + 1e-9) * gain[i] + bias[i], 2e-5)
          << n << " values, at " << i;
    }
  }
}

TEST_P(FloatKernels, DotsAndWeightedSumsReadStridedRows) {
  for (const std::size_t n : {1, 16, 31, 32, 40}) {
    const std::size_t stride = n + 5;
    const std::size_t count = 7;
    const auto x = random_values(n, 5);
    const auto rows = random_values((count - 1) * stride + n, 6);
    const auto weights = random_values(count, 7);
    std::vector<float> dots(count);
    std::vector<float> sums(n);
    kernels().dot_rows(x.data(), rows.data(), stride, count, n, 0.5F, dots.data());
    kernels().weighted_sum(weights.data(), rows.data(), stride, count, n, sums.data());
    for (std::size_t r = 0; r < count; ++r) {
      EXPECT_NEAR(dots[r],
                  0.5 * std::inner_product(x.begin(), x.end(), rows.begin() + static_cast<long>(r * stride), 0.0),
                  1e-4);
    }
    for (std::size_t i = 0; i < n; ++i) {
      double sum = 0;
      for (std::size_t r = 0; r < count; ++r) sum += static_cast<double>(weights[r]) * rows[r * stride + i];
      EXPECT_NEAR(sums[i], sum, 1e-4);
    }
  }
}

TEST_P(FloatKernels, GiveTheSameBitsAsPlainCpp) {
  const Kernels& plain = kernels_for(Isa::kPortable);
  for (const std::size_t n : kSizes) {
    const auto x = random_values(n, static_cast<unsigned>(n) + 9);
    for (const auto transform : {&Kernels::softmax, &Kernels::sigmoid, &Kernels::relu}) {
      auto mine = x;
      auto theirs = x;
      (kernels().*transform)(mine.data(), n);
      (plain.*transform)(theirs.data(), n);
      ASSERT_EQ(mine, theirs) << n;
    }
    float dots[2];
    kernels().dot_rows(x.data(), x.data(), 0, 1, n, 1.0F, &dots[0]);
    plain.dot_rows(x.data(), x.data(), 0, 1, n, 1.0F, &dots[1]);
    ASSERT_EQ(dots[0], dots[1]) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, FloatKernels, testing::ValuesIn(kAllIsas),
                         [](const auto& isa) { return std::string(to_string(isa.param)); });

}  // namespace
}  // namespace parley::kernels
