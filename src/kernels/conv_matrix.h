// SPDX-License-Identifier: GPL-3.0-or-later
// The float product, for each instruction set's file to include; internal linkage throughout, as in lanes.h.
#pragma once

#include <cstddef>
#include <cstring>

#include "kernels/conv_lanes.h"
#include "kernels/conv_tiles.h"

// Internal linkage is the point: each instruction set has its own. NOLINTBEGIN(misc-definitions-in-headers)
namespace parley::kernels {
namespace {

inline FloatPart load_register(const float* from) {
  FloatPart part;
  std::memcpy(&part, from, sizeof part);
  return part;
}

/// The first `count` values, or all.
inline void store_register(const FloatPart& value, float* to, std::size_t count) {
  if (count >= kRegister) {
    std::memcpy(to, &value, sizeof value);
    return;
  }
  const FloatPart copy = value;  // so that `value` may stay in its register
  std::memcpy(to, &copy, count * sizeof(float));
}

/// `Rows` rows by one block of `Registers` registers of outputs, the sums in registers.
template <std::size_t Rows, std::size_t Registers>
inline void multiply_tile(const MatrixCall& call, const float* weights, const float* bias, std::size_t row,
                          std::size_t output) {
  const float* x = call.x + row * call.x_stride;
  FloatPart sums[Rows][Registers];
#pragma GCC unroll 8
  for (std::size_t r = 0; r < Rows; ++r) {
#pragma GCC unroll 4
    for (std::size_t j = 0; j < Registers; ++j) sums[r][j] = load_register(bias + j * kRegister);
  }
  for (std::size_t input = 0; input < call.matrix->inputs; ++input) {
    FloatPart weight[Registers];
#pragma GCC unroll 4
    for (std::size_t j = 0; j < Registers; ++j) weight[j] = load_register(weights + j * kRegister);
#pragma GCC unroll 8
    for (std::size_t r = 0; r < Rows; ++r) {
      const FloatPart value = x[r * call.x_stride + input] - FloatPart{};  // x + 0 would be an addition, for -0
#pragma GCC unroll 4
      for (std::size_t j = 0; j < Registers; ++j) sums[r][j] = fused(value, weight[j], sums[r][j]);
    }
    weights += Registers * kRegister;
  }
  const std::size_t width = call.matrix->outputs - output;
#pragma GCC unroll 8
  for (std::size_t r = 0; r < Rows; ++r) {
    float* out = call.out + (row + r) * call.out_stride + output;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < Registers; ++j) {
      store_register(sums[r][j], out + j * kRegister, width > j * kRegister ? width - j * kRegister : 0);
    }
  }
}

template <std::size_t Rows, std::size_t Registers>
inline void multiply_blocks(const MatrixCall& call) {
  constexpr std::size_t kBlock = Registers * kRegister;
  const PackedMatrix& matrix = *call.matrix;
  for (std::size_t output = 0; output < matrix.outputs; output += kBlock) {
    const float* weights = matrix.weights.data() + output * matrix.inputs;
    const float* bias = matrix.bias.data() + output;
    for_tiles<Rows>(0, call.rows, [&]<std::size_t Tile>(std::size_t row) {
      multiply_tile<Tile, Registers>(call, weights, bias, row, output);
    });
  }
}

}  // namespace
}  // namespace parley::kernels
// NOLINTEND(misc-definitions-in-headers)
