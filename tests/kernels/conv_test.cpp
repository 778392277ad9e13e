// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/conv.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>
#include <vector>

#include <gtest/gtest.h>

#include "conv_fixture.h"
#include "kernels/cpu_features.h"

namespace parley::kernels {
namespace {

/// One convolution: bytes of activations and weights, and what belongs to them.
struct Case {
  ConvShape shape;
  std::size_t rows;
  int activation_zero;
  int weight_zero;
  std::vector<int> activations;
  std::vector<std::uint8_t> weights;
  std::vector<float> bias;
  std::vector<float> residual;

  Case(const ConvShape& of, std::size_t output_rows, int a0, int w0, unsigned seed)
      : shape(of),
        rows(output_rows),
        activation_zero(a0),
        weight_zero(w0),
        activations(input_rows() * shape.inputs),
        weights(shape.outputs * shape.taps * shape.inputs),
        bias(shape.outputs),
        residual(rows * shape.outputs) {
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> byte(-128, 127);
    std::ranges::generate(activations, [&] { return byte(random); });
    std::ranges::generate(weights, [&] { return static_cast<std::uint8_t>(byte(random)); });
    // Whole numbers: sums with them have no rounding of their own.
    std::ranges::generate(bias, [&] { return static_cast<float>(byte(random)); });
    std::ranges::generate(residual, [&] { return static_cast<float>(byte(random)); });
  }

  std::size_t input_rows() const { return rows == 0 ? 0 : rows + (shape.taps - 1) * shape.dilation; }

  /// Exactly the bytes of `activations`: with a scale of 1, byte = value + zero.
  Rows quantise(const ConvKernels& kernels) const {
    std::vector<float> x(activations.size());
    std::ranges::transform(activations, x.begin(),
                           [&](int byte) { return static_cast<float>(byte - activation_zero); });
    Rows out(kernels, input_rows(), shape.inputs);
    kernels.quantise(x.data(), input_rows(), shape.inputs, {1.0F, activation_zero}, out.view());
    return out;
  }

  PackedConv pack(const ConvKernels& kernels, float scale = 1.0F) const {
    return kernels.pack_conv(shape, weights, scale, weight_zero, bias);
  }

  std::vector<float> convolve(const ConvKernels& kernels, bool with_residual) const {
    const PackedConv conv = pack(kernels);
    Rows in = quantise(kernels);
    std::vector<float> out(rows * shape.outputs, -1e30F);
    kernels.convolve({.conv = &conv,
                      .in = in.view(),
                      .quantisation = {1.0F, activation_zero},
                      .rows = rows,
                      .residual = with_residual ? residual.data() : nullptr,
                      .out = out.data()});
    return out;
  }

  std::int64_t sum_at(std::size_t row, std::size_t output) const {
    std::int64_t sum = 0;
    for (std::size_t tap = 0; tap < shape.taps; ++tap) {
      const int* x = &activations[(row + tap * shape.dilation) * shape.inputs];
      const std::uint8_t* w = &weights[(output * shape.taps + tap) * shape.inputs];
      for (std::size_t i = 0; i < shape.inputs; ++i) sum += std::int64_t{x[i] - activation_zero} * (w[i] - weight_zero);
    }
    return sum;
  }

  /// The definition, for every `stride`-th output. Sums beyond 2^24 and the fused or separate addition of the bias
  /// round once or twice.
  void expect_definition(const std::vector<float>& out, bool with_residual, std::size_t stride = 1) const {
    for (std::size_t row = 0; row < rows; ++row) {
      for (std::size_t output = row % stride; output < shape.outputs; output += stride) {
        const std::size_t at = row * shape.outputs + output;
        const std::int64_t sum = sum_at(row, output);
        const double expected =
            static_cast<double>(sum) + bias[output] + (with_residual ? static_cast<double>(residual[at]) : 0.0);
        const double error = std::abs(sum) < (1 << 23) ? 0.0 : 2e-7 * std::abs(static_cast<double>(sum));
        ASSERT_NEAR(out[at], expected, error)
            << shape.inputs << " → " << shape.outputs << " channels, " << shape.taps << " taps " << shape.dilation
            << " apart, " << rows << " rows: at row " << row << ", output " << output;
      }
    }
  }
};

class Convolve : public ConvKernelsTest {};

TEST_P(Convolve, EqualsTheDefinitionAtEveryNumberOfRows) {
  for (const std::size_t rows : {0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 95, 96, 97, 101, 193}) {
    const Case c({64, 64, 3, 1}, rows, 5, 60, static_cast<unsigned>(rows));
    c.expect_definition(c.convolve(kernels(), false), false, rows > 20 ? 7 : 1);
  }
}

TEST_P(Convolve, EqualsTheDefinitionAtEveryTapAndDilation) {
  for (const std::size_t taps : {1, 3, 7, 11}) {
    for (const std::size_t dilation : {1, 3, 5}) {
      const Case c({128, 64, taps, dilation}, 8, -17, 61, static_cast<unsigned>(taps * 10 + dilation));
      c.expect_definition(c.convolve(kernels(), true), true);
    }
  }
}

TEST_P(Convolve, EqualsTheDefinitionAtEveryWidth) {
  for (const std::size_t inputs : {64, 128, 256, 512, 1024, 1088}) {
    for (const std::size_t outputs : {64, 128, 192, 1024}) {
      const Case c({inputs, outputs, 3, 1}, 7, 3, 100, static_cast<unsigned>(inputs + outputs));
      c.expect_definition(c.convolve(kernels(), true), true, 13);
    }
  }
}

TEST_P(Convolve, EqualsTheDefinitionOnRandomShapes) {
  std::mt19937 random(3);
  for (unsigned i = 0; i < 40; ++i) {
    const ConvShape shape{64 * (1 + random() % 5), 64 * (1 + random() % 5), 1 + random() % 9, 1 + random() % 6};
    const Case c(shape, random() % 40, static_cast<int>(random() % 256) - 128, static_cast<int>(random() % 256), i);
    c.expect_definition(c.convolve(kernels(), i % 2 == 0), i % 2 == 0, 5);
  }
}

TEST_P(Convolve, ZeroPointsMayLieAtTheEnds) {
  for (const int activation_zero : {-128, 0, 127}) {
    for (const int weight_zero : {0, 128, 255}) {
      const Case c({64, 64, 7, 3}, 9, activation_zero, weight_zero, 1);
      c.expect_definition(c.convolve(kernels(), false), false);
    }
  }
}

TEST_P(Convolve, ExtremesDoNotSaturateAtTheWidestShape) {
  static_assert(33 * 1024 > kMaxConvProducts);
  for (const int activation : {-128, 127}) {
    for (const int weight : {0, 255}) {
      for (const int activation_zero : {-128, 0, 127}) {
        for (const int weight_zero : {0, 255}) {
          Case c({1024, 64, 32, 1}, 1, activation_zero, weight_zero, 1);
          std::ranges::fill(c.activations, activation);
          std::ranges::fill(c.weights, static_cast<std::uint8_t>(weight));
          c.expect_definition(c.convolve(kernels(), false), false);
        }
      }
    }
  }
}

TEST_P(Convolve, AddsOntoItsResidualInPlace) {
  const Case c({128, 128, 3, 5}, 14, 0, 60, 8);
  const PackedConv conv = c.pack(kernels());
  Rows in = c.quantise(kernels());
  std::vector<float> out = c.residual;
  kernels().convolve({.conv = &conv,
                      .in = in.view(),
                      .quantisation = {1.0F, c.activation_zero},
                      .rows = c.rows,
                      .residual = out.data(),
                      .out = out.data()});
  c.expect_definition(out, true);
}

TEST_P(Convolve, ScalesMakeTheSumsReal) {
  const Case c({64, 128, 3, 1}, 7, 10, 50, 9);
  const PackedConv conv = c.pack(kernels(), 0.003F);
  Rows in = c.quantise(kernels());
  std::vector<float> out(c.rows * c.shape.outputs);
  kernels().convolve({.conv = &conv,
                      .in = in.view(),
                      .quantisation = {0.02F, c.activation_zero},
                      .rows = c.rows,
                      .residual = c.residual.data(),
                      .out = out.data()});
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t row = i / c.shape.outputs;
    const std::size_t output = i % c.shape.outputs;
    const double product = static_cast<double>(c.sum_at(row, output)) * 0.003 * 0.02;
    const double size = std::abs(product) + std::abs(c.bias[output]) + std::abs(c.residual[i]);
    ASSERT_NEAR(out[i], product + c.bias[output] + c.residual[i], 3e-7 * size) << i;
  }
}

TEST_P(Convolve, PiecesOfRowsGiveWhatTheWholeGives) {
  const Case c({128, 64, 7, 3}, 50, 4, 60, 10);
  const auto whole = c.convolve(kernels(), false);
  const PackedConv conv = c.pack(kernels());
  Rows in = c.quantise(kernels());
  std::vector<float> out(whole.size());
  for (std::size_t row = 0; row < c.rows;) {
    const std::size_t count = std::min<std::size_t>(1 + row % 8, c.rows - row);
    kernels().convolve(
        {.conv = &conv,
         .in = {in.values.data() + row * c.shape.inputs * kernels().activation_bytes, in.sums.data() + row},
         .quantisation = {1.0F, c.activation_zero},
         .rows = count,
         .out = out.data() + row * c.shape.outputs});
    row += count;
  }
  EXPECT_EQ(out, whole);
}

TEST_P(Convolve, ZeroRowsAddNothing) {
  Case c({64, 64, 3, 1}, 4, -50, 60, 11);
  Rows in(kernels(), c.input_rows(), c.shape.inputs);
  kernels().zero_rows(c.input_rows(), c.shape.inputs, {1.0F, c.activation_zero}, in.view());
  const PackedConv conv = c.pack(kernels());
  std::vector<float> out(c.rows * c.shape.outputs);
  kernels().convolve(
      {.conv = &conv, .in = in.view(), .quantisation = {1.0F, c.activation_zero}, .rows = c.rows, .out = out.data()});
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], c.bias[i % c.shape.outputs]);
}

TEST_P(Convolve, EqualBytesGiveTheSumsOfPlainCpp) {
  const ConvKernels& plain = conv_kernels_for(Isa::kPortable);
  for (unsigned seed = 0; seed < 5; ++seed) {
    Case c({256, 128, 11, 5}, 13, 7, 60, seed);
    std::ranges::fill(c.bias, 0.0F);
    ASSERT_EQ(c.convolve(kernels(), false), c.convolve(plain, false));
  }
}

TEST_P(Convolve, RefusesWeightsThatDoNotFitTheShape) {
  const std::vector<std::uint8_t> weights(64 * 64 * 3);
  const std::vector<float> bias(64);
  const auto pack = [&](const ConvShape& shape, int zero) { kernels().pack_conv(shape, weights, 1.0F, zero, bias); };
  EXPECT_NO_THROW(pack({64, 64, 3, 1}, 60));
  EXPECT_THROW(pack({64, 64, 2, 1}, 60), std::logic_error);
  EXPECT_THROW(pack({64, 128, 3, 1}, 60), std::logic_error);
  EXPECT_THROW(pack({192, 64, 0, 1}, 60), std::logic_error);
  EXPECT_THROW(pack({32, 128, 3, 1}, 60), std::logic_error);
  EXPECT_THROW(pack({64, 64, 3, 1}, 256), std::logic_error);
  EXPECT_THROW(kernels().pack_conv({33088, 64, 1, 1}, std::vector<std::uint8_t>(33088 * 64), 1.0F, 0, bias),
               std::logic_error);
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, Convolve, testing::ValuesIn(kAllIsas), isa_name);

TEST(ConvKernels, OfAnInstructionSetSaySo) {
  for (const Isa isa : kAllIsas) {
    if (cpu_supports(isa)) {
      EXPECT_EQ(conv_kernels_for(isa).isa, isa);
    } else {
      EXPECT_THROW(conv_kernels_for(isa), std::logic_error);
    }
  }
}

}  // namespace
}  // namespace parley::kernels
