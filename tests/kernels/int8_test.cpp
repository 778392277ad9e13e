// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "kernels/kernels.h"

namespace parley::kernels {
namespace {

/// One product in exactly sized heap blocks, so that the address sanitizer sees a read past any end.
struct Case {
  std::size_t rows, outputs, inputs;
  std::vector<float> x;
  std::vector<std::int8_t> weights;
  std::vector<float> bias;
  std::vector<std::int32_t> sums;

  Case(std::size_t row_count, std::size_t output_count, std::size_t input_count, unsigned seed)
      : rows(row_count),
        outputs(output_count),
        inputs(input_count),
        x(rows * inputs),
        weights(outputs * inputs),
        bias(outputs) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::uniform_int_distribution<int> byte(-128, 127);
    std::ranges::generate(x, [&] { return normal(random); });
    std::ranges::generate(weights, [&] { return static_cast<std::int8_t>(byte(random)); });
    std::ranges::generate(bias, [&] { return normal(random); });
    sum();
  }

  void sum() { sums = sum_rows(weights.data(), outputs, inputs); }

  Int8Matrix matrix() const { return {weights.data(), outputs, inputs, 0.01F, sums.data()}; }
};

struct Quantised {
  std::vector<std::uint8_t> bytes;
  std::vector<float> scales;
};

Quantised quantise(const Kernels& kernels, const Case& c) {
  Quantised q{std::vector<std::uint8_t>(c.x.size()), std::vector<float>(c.rows)};
  for (std::size_t r = 0; r < c.rows; ++r)
    q.scales[r] = kernels.quantise_row(&c.x[r * c.inputs], c.inputs, &q.bytes[r * c.inputs]);
  return q;
}

std::vector<float> multiply(const Kernels& kernels, const Case& c, const std::vector<std::uint32_t>* picked,
                            bool with_bias = true) {
  const Quantised q = quantise(kernels, c);
  const std::size_t count = picked != nullptr ? picked->size() : c.outputs;
  std::vector<float> out(c.rows * count, -1e30F);
  kernels.multiply_int8({.rows = q.bytes.data(),
                         .row_scales = q.scales.data(),
                         .row_count = c.rows,
                         .matrix = c.matrix(),
                         .bias = with_bias ? c.bias.data() : nullptr,
                         .picked = picked != nullptr ? picked->data() : nullptr,
                         .picked_count = count,
                         .out = out.data()});
  return out;
}

/// The definition: quantise with the row's largest magnitude, sum in 64 bits, scale.
std::vector<float> reference(const Case& c, const std::vector<std::uint32_t>* picked) {
  const std::size_t count = picked != nullptr ? picked->size() : c.outputs;
  std::vector<float> out(c.rows * count);
  for (std::size_t r = 0; r < c.rows; ++r) {
    float range = 1e-9F;
    for (std::size_t i = 0; i < c.inputs; ++i) range = std::max(range, std::abs(c.x[r * c.inputs + i]));
    const float factor = 127.0F / range;
    for (std::size_t j = 0; j < count; ++j) {
      const std::size_t output = picked != nullptr ? (*picked)[j] : j;
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < c.inputs; ++i) {
        sum += std::lrint(c.x[r * c.inputs + i] * factor) * c.weights[output * c.inputs + i];
      }
      out[r * count + j] = static_cast<float>(sum) * (range / 127.0F * 0.01F) + c.bias[output];
    }
  }
  return out;
}

class Int8Kernels : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!cpu_supports(GetParam())) GTEST_SKIP() << "this processor lacks " << to_string(GetParam());
  }
  const Kernels& kernels() const { return kernels_for(GetParam()); }
};

TEST_P(Int8Kernels, ProductsEqualTheDefinitionAtEveryEdgeSize) {
  for (const std::size_t inputs : {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 200, 256, 300, 1536}) {
    for (const std::size_t rows : {1, 2, 3, 4, 5, 9}) {
      for (const std::size_t outputs : {1, 2, 3, 4, 5, 7, 8, 33}) {
        const Case c(rows, outputs, inputs, static_cast<unsigned>(inputs * 100 + rows * 10 + outputs));
        ASSERT_EQ(multiply(kernels(), c, nullptr), reference(c, nullptr))
            << rows << " rows, " << outputs << " outputs, " << inputs << " inputs";
      }
    }
  }
}

TEST_P(Int8Kernels, ProductsOfRandomShapesEqualTheDefinition) {
  std::mt19937 random(7);
  for (int i = 0; i < 60; ++i) {
    const Case c(1 + random() % 24, 1 + random() % 70, 1 + random() % 700, static_cast<unsigned>(i));
    ASSERT_EQ(multiply(kernels(), c, nullptr), reference(c, nullptr))
        << c.rows << " × " << c.outputs << " × " << c.inputs;
  }
}

TEST_P(Int8Kernels, PickedOutputsComeInTheOrderPicked) {
  std::mt19937 random(11);
  const Case c(5, 90, 77, 3);
  for (const std::size_t count : {1, 2, 3, 4, 5, 6, 50}) {
    std::vector<std::uint32_t> picked(count);
    std::ranges::generate(picked, [&] { return static_cast<std::uint32_t>(random() % c.outputs); });
    ASSERT_EQ(multiply(kernels(), c, &picked), reference(c, &picked)) << count << " picked";
  }
}

TEST_P(Int8Kernels, ThereMayBeNoBias) {
  Case c(3, 6, 40, 5);
  c.bias.assign(c.outputs, 0.0F);
  EXPECT_EQ(multiply(kernels(), c, nullptr, false), reference(c, nullptr));
}

TEST_P(Int8Kernels, ExtremeValuesDoNotSaturate) {
  for (const int weight : {-128, -127, 127}) {
    for (const float value : {-1.0F, 1.0F}) {
      for (const std::size_t inputs : {64, 100, 4096}) {
        Case c(5, 5, inputs, 1);
        std::ranges::fill(c.x, value);
        std::ranges::fill(c.weights, static_cast<std::int8_t>(weight));
        c.sum();
        ASSERT_EQ(multiply(kernels(), c, nullptr), reference(c, nullptr))
            << "weight " << weight << ", activation " << value;
      }
    }
  }
}

TEST_P(Int8Kernels, TheWidestRowFitsTheSum) {
  Case c(1, 2, kMaxInputs, 1);
  std::ranges::fill(c.x, 1.0F);
  std::ranges::fill(c.weights, static_cast<std::int8_t>(-128));
  c.sum();
  EXPECT_EQ(multiply(kernels(), c, nullptr), reference(c, nullptr));
}

TEST_P(Int8Kernels, AlternatingSignsOfTheExtremesCancelExactly) {
  Case c(4, 4, 256, 1);
  for (std::size_t i = 0; i < c.x.size(); ++i) c.x[i] = i % 2 == 0 ? 1.0F : -1.0F;
  std::ranges::fill(c.weights, static_cast<std::int8_t>(-128));
  c.bias.assign(c.outputs, 0.0F);
  c.sum();
  EXPECT_EQ(multiply(kernels(), c, nullptr), std::vector<float>(16, 0.0F));
}

TEST_P(Int8Kernels, ARowOfZerosQuantisesToZeros) {
  Case c(1, 3, 70, 9);
  std::ranges::fill(c.x, 0.0F);
  EXPECT_EQ(multiply(kernels(), c, nullptr), c.bias);
}

TEST_P(Int8Kernels, AnIntegerProductIsCloseToTheRealOne) {
  const Case c(6, 40, 256, 21);
  std::vector<float> real(c.rows * c.outputs);
  kernels().multiply_f32(
      {.rows = c.x.data(), .row_count = c.rows, .matrix = c.matrix(), .bias = c.bias.data(), .out = real.data()});
  const auto integer = multiply(kernels(), c, nullptr);
  for (std::size_t i = 0; i < real.size(); ++i) EXPECT_NEAR(integer[i], real[i], 0.4) << i;
}

TEST_P(Int8Kernels, FloatProductsPickOutputsToo) {
  const Case c(2, 30, 50, 4);
  const std::vector<std::uint32_t> picked{29, 0, 7};
  std::vector<float> all(c.rows * c.outputs);
  std::vector<float> some(c.rows * picked.size());
  kernels().multiply_f32(
      {.rows = c.x.data(), .row_count = c.rows, .matrix = c.matrix(), .bias = c.bias.data(), .out = all.data()});
  kernels().multiply_f32({.rows = c.x.data(),
                          .row_count = c.rows,
                          .matrix = c.matrix(),
                          .bias = c.bias.data(),
                          .picked = picked.data(),
                          .picked_count = picked.size(),
                          .out = some.data()});
  for (std::size_t r = 0; r < c.rows; ++r) {
    for (std::size_t j = 0; j < picked.size(); ++j)
      EXPECT_EQ(some[r * picked.size() + j], all[r * c.outputs + picked[j]]);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryInstructionSet, Int8Kernels, testing::ValuesIn(kAllIsas),
                         [](const auto& isa) { return std::string(to_string(isa.param)); });

}  // namespace
}  // namespace parley::kernels
