// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/lanes.h"
#include "kernels/tables.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kStep = 32;

inline __m256i load_bytes(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }

/// The four sums of four accumulators.
inline __m128i sums_of(const __m256i& a, const __m256i& b, const __m256i& c, const __m256i& d) {
  const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(a, b), _mm256_hadd_epi32(c, d));
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/// Products of Rows activation rows with Outputs weight rows (Rows · Outputs = 4, in registers). maddubs adds two 8-bit products in 16 bits
/// and saturates there; it cannot here, because the unsigned side is |weight| ≤ 128 and the signed side an activation of ±127
/// with the weight's sign: 2 · 128 · 127 = 32512 < 32767. (The other way round -128 would lose its sign.)
template <int Rows, int Outputs>
inline __m128i tile(const std::int8_t* activations, const std::int8_t* const* weights, std::size_t n) {
  static_assert(Rows * Outputs == 4);
  const __m256i ones = _mm256_set1_epi16(1);
  __m256i sums[4] = {};
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    for (int w = 0; w < Outputs; ++w) {
      const __m256i weight = load_bytes(weights[w] + i);
      const __m256i size = _mm256_abs_epi8(weight);
      for (int r = 0; r < Rows; ++r) {
        const __m256i activation = load_bytes(activations + static_cast<std::size_t>(r) * n + i);
        const __m256i pairs = _mm256_maddubs_epi16(size, _mm256_sign_epi8(activation, weight));
        sums[r * Outputs + w] = _mm256_add_epi32(sums[r * Outputs + w], _mm256_madd_epi16(pairs, ones));
      }
    }
  }
  __m128i result = sums_of(sums[0], sums[1], sums[2], sums[3]);
  if (i < n) {
    alignas(16) std::int32_t rest[4] = {};
    for (int r = 0; r < Rows; ++r) {
      for (int w = 0; w < Outputs; ++w) {
        for (std::size_t k = i; k < n; ++k) rest[r * Outputs + w] += activations[static_cast<std::size_t>(r) * n + k] * weights[w][k];
      }
    }
    result = _mm_add_epi32(result, _mm_load_si128(reinterpret_cast<const __m128i*>(rest)));
  }
  return result;
}

struct Block {
  std::size_t outputs[4];
  const std::int8_t* weights[4];
};

/// The picked outputs j … j+3; past the end the last one again, whose result is not kept.
inline Block block_at(const Int8Product& p, std::size_t j, std::size_t count) {
  Block block;
  for (std::size_t w = 0; w < 4; ++w) {
    const std::size_t at = j + w < count ? j + w : count - 1;
    block.outputs[w] = p.picked != nullptr ? p.picked[at] : at;
    block.weights[w] = p.matrix.weights + block.outputs[w] * p.matrix.inputs;
  }
  return block;
}

void multiply_int8(const Int8Product& p) {
  const std::size_t n = p.matrix.inputs;
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  const auto* activations = reinterpret_cast<const std::int8_t*>(p.rows);
  alignas(16) std::int32_t products[4];
  for (std::size_t j = 0; j < count; j += 4) {
    const Block block = block_at(p, j, count);
    const std::size_t outputs = count - j < 4 ? count - j : 4;
    std::size_t row = 0;
    for (; row + 4 <= p.row_count; row += 4) {
      for (std::size_t w = 0; w < outputs; ++w) {
        _mm_store_si128(reinterpret_cast<__m128i*>(products), tile<4, 1>(activations + row * n, &block.weights[w], n));
        for (std::size_t r = 0; r < 4; ++r) {
          p.out[(row + r) * count + j + w] = to_real(products[r], p.row_scales[row + r], p.matrix, p.bias, block.outputs[w]);
        }
      }
    }
    for (; row < p.row_count; ++row) {
      _mm_store_si128(reinterpret_cast<__m128i*>(products), tile<1, 4>(activations + row * n, block.weights, n));
      for (std::size_t w = 0; w < outputs; ++w) {
        p.out[row * count + j + w] = to_real(products[w], p.row_scales[row], p.matrix, p.bias, block.outputs[w]);
      }
    }
  }
}

}  // namespace

constexpr Kernels kAvx2Kernels{Isa::kAvx2,     quantise_row<0>, multiply_int8, multiply_f32, dot_rows, weighted_sum,
                               add_layer_norm, softmax,         sigmoid,       relu,         argmax, log_sum_exp};

}  // namespace parley::kernels
