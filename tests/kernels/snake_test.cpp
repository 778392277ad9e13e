// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "conv_fixture.h"

namespace parley::kernels {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

/// A norm and Snake in exactly sized heap blocks.
struct Layer {
  std::vector<float> gain, offset, alpha, inverse_alpha;

  explicit Layer(std::size_t channels, unsigned seed, float alpha_size = 1.0F)
      : gain(normal_values(channels, seed)),
        offset(normal_values(channels, seed + 1)),
        alpha(channels),
        inverse_alpha(channels) {
    for (std::size_t i = 0; i < channels; ++i) {
      alpha[i] = alpha_size * (0.2F + 0.05F * static_cast<float>(i % 60));
      inverse_alpha[i] = 1.0F / alpha[i];
    }
  }
  Snake view() const { return {gain.data(), offset.data(), alpha.data(), inverse_alpha.data()}; }

  double at(float x, std::size_t channel) const {
    const double u = static_cast<double>(x) * gain[channel] + offset[channel];
    return u + std::pow(std::sin(alpha[channel] * u), 2) / alpha[channel];
  }
  /// What the kernels promise for sin², and single precision for the rest.
  double error_at(float x, std::size_t channel) const {
    const double size = std::abs(static_cast<double>(x) * gain[channel]) + std::abs(offset[channel]);
    return (1.1e-6 + 2e-7 * alpha[channel] * size) / alpha[channel] + 3e-7 * size;
  }
};

void expect_byte(int byte, double value, double error, const Quantisation& q) {
  const auto quantised = [&](double v) { return std::clamp(std::nearbyint(v / q.scale) + q.zero, -128.0, 127.0); };
  ASSERT_GE(byte, quantised(value - error)) << value;
  ASSERT_LE(byte, quantised(value + error)) << value;
}

std::vector<int> snake_bytes(const ConvKernels& kernels, const std::vector<float>& x, std::size_t rows,
                             std::size_t channels, const Layer& layer, const Quantisation& q) {
  Rows out(kernels, rows, channels);
  kernels.snake_quantise(x.data(), rows, channels, layer.view(), q, out.view());
  return bytes_of(kernels, out, channels, q.zero);
}

class Snakes : public ConvKernelsTest {};

TEST_P(Snakes, QuantiseAsTheDefinitionDoes) {
  for (const std::size_t channels : {64, 128, 256, 512, 1024}) {
    for (const std::size_t rows : {0, 1, 2, 7}) {
      const Layer layer(channels, static_cast<unsigned>(channels));
      const auto x = normal_values(rows * channels, 5, 2.0F);
      for (const Quantisation q : {Quantisation{0.05F, -20}, Quantisation{0.01F, 127}, Quantisation{1.0F, -128}}) {
        const auto bytes = snake_bytes(kernels(), x, rows, channels, layer, q);
        for (std::size_t i = 0; i < x.size(); ++i) {
          const std::size_t channel = i % channels;
          const double error = layer.error_at(x[i], channel) + 2e-7 * std::abs(layer.at(x[i], channel));
          ASSERT_NO_FATAL_FAILURE(expect_byte(bytes[i], layer.at(x[i], channel), error, q)) << i;
        }
      }
    }
  }
}

TEST_P(Snakes, StayNearTheDefinitionFarFromZero) {
  // The range of 16 equal values is that value: the Snake itself, before it is quantised.
  for (const float alpha_size : {0.1F, 1.0F, 20.0F}) {
    const Layer layer(16, 3, alpha_size);
    for (float x = -60.0F; x < 60.0F; x += 0.37F) {
      const std::vector<float> row(16, x);
      const Range range = kernels().snake_range(row.data(), 1, 16, layer.view());
      double low = 0.0;
      double high = 0.0;
      double error = 0.0;
      for (std::size_t channel = 0; channel < 16; ++channel) {
        low = std::min(low, layer.at(x, channel));
        high = std::max(high, layer.at(x, channel));
        error = std::max(error, layer.error_at(x, channel));
      }
      ASSERT_NEAR(range.low, low, error) << x;
      ASSERT_NEAR(range.high, high, error) << x;
    }
  }
}

TEST_P(Snakes, NeverFallBelowTheirLineNorRiseMoreThanOneOverAlphaAboveIt) {
  Layer layer(64, 4);
  std::ranges::fill(layer.gain, 1.0F);
  std::ranges::fill(layer.offset, 0.0F);
  for (const float x : {1e5F, 1e8F, 1e20F, 3e38F}) {
    const std::vector<float> above(64, x);
    const std::vector<float> below(64, -x);
    EXPECT_NEAR(kernels().snake_range(above.data(), 1, 64, layer.view()).high, x, 1e-6F * x + 5.0F);
    EXPECT_NEAR(kernels().snake_range(below.data(), 1, 64, layer.view()).low, -x, 1e-6F * x + 5.0F);
  }
}

TEST_P(Snakes, SaturateAtBothEnds) {
  const Layer layer(64, 6);
  std::vector<float> x(64);
  for (std::size_t i = 0; i < 64; ++i) x[i] = (i % 2 == 0 ? 1e30F : -1e30F) * (layer.gain[i] < 0.0F ? -1.0F : 1.0F);
  const auto bytes = snake_bytes(kernels(), x, 1, 64, layer, {0.1F, -7});
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], i % 2 == 0 ? 127 : -128) << i;
}

TEST_P(Snakes, WhatIsNoNumberBecomesSomeByteAndLeavesItsNeighboursAlone) {
  const Layer layer(64, 7);
  auto x = normal_values(3 * 64, 8);
  const auto clean = snake_bytes(kernels(), x, 3, 64, layer, {0.05F, 3});
  const auto wrong = [](std::size_t i) { return i % 5 == 0; };
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (wrong(i)) x[i] = i % 3 == 0 ? kNan : i % 3 == 1 ? kInfinity : -kInfinity;
  }
  const auto bytes = snake_bytes(kernels(), x, 3, 64, layer, {0.05F, 3});
  for (std::size_t i = 0; i < x.size(); ++i) {
    EXPECT_GE(bytes[i], -128);
    EXPECT_LE(bytes[i], 127);
    if (!wrong(i)) {
      EXPECT_EQ(bytes[i], clean[i]) << i;
    }
  }
}

TEST_P(Snakes, PlainQuantisationRoundsHalfToEvenAndSaturates) {
  const std::vector<float> values{0.0F,   0.5F,  1.5F,    -0.5F,      -1.5F,      2.5F, 126.4F, 127.0F,
                                  300.0F, -1e9F, 3.0e38F, -kInfinity, +kInfinity, kNan, -0.0F,  100.0F};
  std::vector<float> x(64);
  for (std::size_t i = 0; i < 64; ++i) x[i] = values[i % 16] * 0.25F;
  Rows out(kernels(), 1, 64);
  kernels().quantise(x.data(), 1, 64, {0.25F, 3}, out.view());
  const auto bytes = bytes_of(kernels(), out, 64, 3);
  const std::vector<int> expected{3, 3, 5, 3, 1, 5, 127, 127, 127, -128, 127, -128, 127, -128, 3, 103};
  for (std::size_t i = 0; i < 64; ++i) EXPECT_EQ(bytes[i], expected[i % 16]) << values[i % 16];
}

TEST_P(Snakes, RangesCoverZeroAndEveryNumber) {
  for (const std::size_t channels : {16, 64, 256}) {
    for (const std::size_t rows : {0, 1, 5}) {
      const auto x = normal_values(rows * channels, 11);
      const Range range = kernels().range(x.data(), rows, channels);
      EXPECT_EQ(range.low, x.empty() ? 0.0F : std::min(0.0F, std::ranges::min(x)));
      EXPECT_EQ(range.high, x.empty() ? 0.0F : std::max(0.0F, std::ranges::max(x)));
    }
  }
  std::vector<float> x(16, 4.0F);
  x[3] = kNan;
  EXPECT_EQ(kernels().range(x.data(), 1, 16).high, 4.0F);
  EXPECT_EQ(kernels().range(x.data(), 1, 16).low, 0.0F);
}

TEST_P(Snakes, ValuesComeBackWithinHalfAStep) {
  const auto x = normal_values(4 * 64, 12);
  const Range range = kernels().range(x.data(), 4, 64);
  const Quantisation q = quantisation_for(range.low, range.high);
  Rows out(kernels(), 4, 64);
  kernels().quantise(x.data(), 4, 64, q, out.view());
  const auto bytes = bytes_of(kernels(), out, 64, q.zero);
  for (std::size_t i = 0; i < x.size(); ++i) {
    // At the very ends the rounding of the zero point may cost another half.
    const bool end = bytes[i] == -128 || bytes[i] == 127;
    EXPECT_NEAR(static_cast<float>(bytes[i] - q.zero) * q.scale, x[i], q.scale * (end ? 1.0F : 0.5F) * 1.0001F);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, Snakes, testing::ValuesIn(kAllIsas), isa_name);

TEST(QuantisationFor, CoversTheRangeAndZero) {
  const Quantisation both = quantisation_for(-1.0F, 3.0F);
  EXPECT_FLOAT_EQ(both.scale, 4.0F / 255.0F);
  EXPECT_EQ(both.zero, 64 - 128);
  EXPECT_EQ(quantisation_for(1.0F, 2.55F).zero, -128);
  EXPECT_FLOAT_EQ(quantisation_for(1.0F, 2.55F).scale, 0.01F);
  EXPECT_EQ(quantisation_for(-2.0F, -1.0F).zero, 127);
}

TEST(QuantisationFor, AnyRangeGivesAUsableScale) {
  const float values[] = {0.0F, 1e-45F, 1e-38F, 1.0F, 3.4e38F, kInfinity, -kInfinity, -1e-45F, -3.4e38F, kNan};
  for (const float low : values) {
    for (const float high : values) {
      const Quantisation q = quantisation_for(low, high);
      EXPECT_GT(q.scale, 0.0F) << low << " … " << high;
      EXPECT_TRUE(std::isfinite(q.scale) && std::isfinite(1.0F / q.scale)) << low << " … " << high;
      EXPECT_GE(q.zero, -128) << low << " … " << high;
      EXPECT_LE(q.zero, 127) << low << " … " << high;
    }
  }
}

}  // namespace
}  // namespace parley::kernels
