// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace parley::kernels {

/// The widest row whose sum of 255 × -128 products still fits 32 bits.
inline constexpr std::size_t kMaxInputs = 65536;

/// Weights where they lie, one row of `inputs` per output; a real weight is weight × scale. Any int8 value is allowed.
struct Int8Matrix {
  const std::int8_t* weights = nullptr;  ///< [outputs][inputs]
  std::size_t outputs = 0;
  std::size_t inputs = 0;  ///< 1 … kMaxInputs; need be no multiple of anything.
  float scale = 1.0F;
  const std::int32_t* row_sums = nullptr;  ///< [outputs], from sum_rows().
};

/// The sum of every row; kernels that work on unsigned activations take the offset out with it.
std::vector<std::int32_t> sum_rows(const std::int8_t* weights, std::size_t outputs, std::size_t inputs);

/// One call of the product kernel: out[r][j] = rows[r] · matrix[picked[j]] + bias[picked[j]].
struct Int8Product {
  const std::uint8_t* rows =
      nullptr;  ///< [row_count][matrix.inputs], as the same instruction set's quantise_row wrote them.
  const float* row_scales = nullptr;  ///< [row_count]
  std::size_t row_count = 0;
  Int8Matrix matrix;
  const float* bias = nullptr;            ///< [matrix.outputs], or null for none.
  const std::uint32_t* picked = nullptr;  ///< Which outputs to compute, each < matrix.outputs; null for all, in order.
  std::size_t picked_count = 0;           ///< With `picked` null: matrix.outputs.
  float* out = nullptr;                   ///< [row_count][picked_count]
};

/// The same product with activations left in f32: the reference that int8 is measured against, and the mode for golden
/// tests.
struct FloatProduct {
  const float* rows = nullptr;  ///< [row_count][matrix.inputs]
  std::size_t row_count = 0;
  Int8Matrix matrix;
  const float* bias = nullptr;
  const std::uint32_t* picked = nullptr;
  std::size_t picked_count = 0;
  float* out = nullptr;
};

}  // namespace parley::kernels
