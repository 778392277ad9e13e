// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "conv_fixture.h"

namespace parley::kernels {
namespace {

class Matrices : public ConvKernelsTest {
 protected:
  void expect_definition(std::size_t rows, std::size_t inputs, std::size_t outputs, std::size_t x_stride,
                         std::size_t out_stride) {
    constexpr float kUntouched = 12345.0F;
    const auto weights = normal_values(inputs * outputs, 1);
    const auto bias = normal_values(outputs, 2);
    const auto x = normal_values(rows == 0 ? 0 : (rows - 1) * x_stride + inputs, 3);
    std::vector<float> out(rows == 0 ? 0 : (rows - 1) * out_stride + outputs, kUntouched);
    const PackedMatrix matrix = kernels().pack_matrix(inputs, outputs, weights, bias);
    kernels().multiply_packed({&matrix, x.data(), x_stride, rows, out.data(), out_stride});
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t o = 0; o < outputs; ++o) {
        double expected = bias[o];
        double size = std::abs(bias[o]);
        for (std::size_t i = 0; i < inputs; ++i) {
          const double product = static_cast<double>(x[row * x_stride + i]) * weights[i * outputs + o];
          expected += product;
          size += std::abs(product);
        }
        ASSERT_NEAR(out[row * out_stride + o], expected, 1e-6 * size)
            << rows << " × " << inputs << " × " << outputs << ": row " << row << ", output " << o;
      }
      for (std::size_t o = outputs; row + 1 < rows && o < out_stride; ++o)
        ASSERT_EQ(out[row * out_stride + o], kUntouched);
    }
  }
};

TEST_P(Matrices, EqualTheDefinitionAtEveryEdgeSize) {
  for (const std::size_t outputs : {1, 7, 8, 15, 16, 17, 22, 31, 32, 33, 63, 64, 65, 100, 128, 256}) {
    for (const std::size_t rows : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 17}) {
      for (const std::size_t inputs : {1, 22, 65}) expect_definition(rows, inputs, outputs, inputs, outputs);
    }
  }
}

TEST_P(Matrices, RowsMayOverlapOrLieApartAndWhatLiesBetweenStays) {
  expect_definition(9, 22 * 12, 256, 22, 300);
  expect_definition(13, 22, 128, 22, 768);
  expect_definition(10, 3 * 22, 128, 40, 129);
  expect_definition(6, 64, 22, 100, 64);
}

TEST_P(Matrices, EqualTheDefinitionAtTheGeneratorsSizes) {
  expect_definition(20, 1024, 256, 512, 2560);
  expect_definition(20, 512, 128, 256, 768);
  expect_definition(20, 7 * 128, 22, 128, 22);
}

TEST_P(Matrices, AnOutOfRangeValueSpoilsOnlyItsOwnRow) {
  const auto weights = normal_values(32 * 22, 1);
  const std::vector<float> bias(22);
  const PackedMatrix matrix = kernels().pack_matrix(32, 22, weights, bias);
  auto x = normal_values(8 * 32, 3);
  x[3 * 32 + 5] = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> out(8 * 22);
  kernels().multiply_packed({&matrix, x.data(), 32, 8, out.data(), 22});
  for (std::size_t i = 0; i < out.size(); ++i) EXPECT_EQ(std::isnan(out[i]), i / 22 == 3) << i;
}

TEST_P(Matrices, RefuseWeightsThatDoNotFit) {
  const std::vector<float> values(12);
  EXPECT_THROW(kernels().pack_matrix(3, 5, values, std::vector<float>(5)), std::logic_error);
  EXPECT_THROW(kernels().pack_matrix(3, 4, values, std::vector<float>(3)), std::logic_error);
  EXPECT_THROW(kernels().pack_matrix(3, 0, {}, {}), std::logic_error);
}

TEST_P(Matrices, MomentsAreAddedToWhatIsThere) {
  for (const std::size_t channels : {16, 64, 256}) {
    for (const std::size_t rows : {0, 1, 5, 300}) {
      const auto x = normal_values(rows * channels, 4, 3.0F);
      std::vector<double> sums(channels, 1.0);
      std::vector<double> squares(channels, 2.0);
      kernels().add_moments(x.data(), rows, channels, sums.data(), squares.data());
      for (std::size_t channel = 0; channel < channels; ++channel) {
        double sum = 1.0;
        double square = 2.0;
        for (std::size_t row = 0; row < rows; ++row) {
          const double value = x[row * channels + channel];
          sum += value;
          square += value * value;
        }
        ASSERT_NEAR(sums[channel], sum, 1e-9 * static_cast<double>(rows + 1));
        ASSERT_NEAR(squares[channel], square, 1e-9 * static_cast<double>(rows + 1));
      }
    }
  }
}

TEST_P(Matrices, SumsAndRectifiersWorkInPlaceAtAnyLength) {
  for (const std::size_t n : {0, 1, 15, 16, 17, 64, 100}) {
    const auto a = normal_values(n, 6);
    const auto b = normal_values(n, 7);
    std::vector<float> onto_a = a;
    std::vector<float> onto_b = b;
    std::vector<float> rectified = a;
    std::vector<float> apart(n);
    kernels().add_scaled(onto_a.data(), b.data(), 0.25F, n, onto_a.data());
    kernels().add_scaled(a.data(), onto_b.data(), 0.25F, n, onto_b.data());
    kernels().leaky_relu(rectified.data(), 0.1F, n, rectified.data());
    kernels().leaky_relu(a.data(), 0.1F, n, apart.data());
    for (std::size_t i = 0; i < n; ++i) {
      ASSERT_EQ(onto_a[i], (a[i] + b[i]) * 0.25F);
      ASSERT_EQ(onto_b[i], onto_a[i]);
      ASSERT_EQ(rectified[i], a[i] < 0.0F ? 0.1F * a[i] : a[i]);
      ASSERT_EQ(apart[i], rectified[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, Matrices, testing::ValuesIn(kAllIsas), isa_name);

}  // namespace
}  // namespace parley::kernels
