// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/conv.h"
#include "kernels/cpu_features.h"

namespace parley::kernels {

class ConvKernelsTest : public testing::TestWithParam<Isa> {
 protected:
  void SetUp() override {
    if (!cpu_supports(GetParam())) GTEST_SKIP() << "this processor lacks " << to_string(GetParam());
  }
  const ConvKernels& kernels() const { return conv_kernels_for(GetParam()); }
};

inline std::string isa_name(const testing::TestParamInfo<Isa>& info) { return std::string(to_string(info.param)); }

inline std::vector<float> normal_values(std::size_t n, unsigned seed, float deviation = 1.0F) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0.0F, deviation);
  std::vector<float> values(n);
  std::ranges::generate(values, [&] { return normal(random); });
  return values;
}

/// Activations in exactly sized heap blocks, so that the address sanitizer sees a read or write past any end.
struct Rows {
  std::vector<std::uint8_t> values;
  std::vector<std::int32_t> sums;

  Rows(const ConvKernels& kernels, std::size_t rows, std::size_t channels)
      : values(rows * channels * kernels.activation_bytes), sums(rows) {}
  ActivationRows view() { return {values.data(), sums.data()}; }
};

/// The quantised bytes themselves, read out of the kernels' own form by a convolution that passes them through (the
/// weight is 1 from an input to the output of the same number), which proves the sums of the rows with them.
inline std::vector<int> bytes_of(const ConvKernels& kernels, Rows& rows, std::size_t channels, int zero) {
  std::vector<std::uint8_t> identity(channels * channels);
  for (std::size_t i = 0; i < channels; ++i) identity[i * channels + i] = 1;
  const PackedConv conv = kernels.pack_conv({channels, channels, 1, 1}, identity, 1.0F, 0,
                                            std::vector<float>(channels, static_cast<float>(zero)));
  const std::size_t count = rows.sums.size();
  std::vector<float> out(count * channels);
  kernels.convolve({.conv = &conv, .in = rows.view(), .quantisation = {1.0F, zero}, .rows = count, .out = out.data()});
  return {out.begin(), out.end()};
}

}  // namespace parley::kernels
