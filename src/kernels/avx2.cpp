// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/float_kernels.h"
#include "kernels/tables.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kStep = 32;

inline __m256i load_step(const std::int8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

/// Products of signed bytes added by fours. maddubs adds two products in 16 bits and saturates there; it cannot here,
/// because its unsigned side is |weight| ≤ 128 and its signed side an activation of ±127 with the weight's sign: 2 ·
/// 128 · 127 = 32512 < 32767. (The other way round a weight of -128 would lose its sign.)
inline __m256i products(const __m256i& activation, const __m256i& weight) {
  const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weight), _mm256_sign_epi8(activation, weight));
  return _mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}

/// Four accumulators. (Named, not an array: GCC keeps arrays of accumulators in memory.)
struct Four {
  __m256i a{}, b{}, c{}, d{};
};

inline __m128i totals(const Four& sums) {
  const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(sums.a, sums.b), _mm256_hadd_epi32(sums.c, sums.d));
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/// The end of a row that fills no register.
inline std::int32_t rest(const std::int8_t* x, const std::int8_t* weights, std::size_t from, std::size_t n) {
  std::int32_t sum = 0;
  for (std::size_t i = from; i < n; ++i) sum += x[i] * weights[i];
  return sum;
}

/// One activation row by four weight rows.
inline void one_by_four(const std::int8_t* x, const std::int8_t* const* weights, std::size_t n, std::int32_t* out) {
  Four sums;
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    const __m256i activation = load_step(x + i);
    sums.a = _mm256_add_epi32(sums.a, products(activation, load_step(weights[0] + i)));
    sums.b = _mm256_add_epi32(sums.b, products(activation, load_step(weights[1] + i)));
    sums.c = _mm256_add_epi32(sums.c, products(activation, load_step(weights[2] + i)));
    sums.d = _mm256_add_epi32(sums.d, products(activation, load_step(weights[3] + i)));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), totals(sums));
  for (std::size_t w = 0; i < n && w < 4; ++w) out[w] += rest(x, weights[w], i, n);
}

/// Four activation rows by one weight row.
inline void four_by_one(const std::int8_t* x, const std::int8_t* weights, std::size_t n, std::int32_t* out) {
  Four sums;
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    const __m256i weight = load_step(weights + i);
    sums.a = _mm256_add_epi32(sums.a, products(load_step(x + i), weight));
    sums.b = _mm256_add_epi32(sums.b, products(load_step(x + n + i), weight));
    sums.c = _mm256_add_epi32(sums.c, products(load_step(x + 2 * n + i), weight));
    sums.d = _mm256_add_epi32(sums.d, products(load_step(x + 3 * n + i), weight));
  }
  _mm_storeu_si128(reinterpret_cast<__m128i*>(out), totals(sums));
  for (std::size_t r = 0; i < n && r < 4; ++r) out[r] += rest(x + r * n, weights, i, n);
}

void multiply_int8(const Int8Product& p) {
  const std::size_t n = p.matrix.inputs;
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  const auto* x = reinterpret_cast<const std::int8_t*>(p.rows);
  std::int32_t sums[4];
  for (std::size_t j = 0; j < count; j += 4) {
    const std::size_t width = count - j < 4 ? count - j : 4;
    std::size_t outputs[4];
    const std::int8_t* weights[4];
    for (std::size_t w = 0; w < 4; ++w) {
      const std::size_t at = w < width ? j + w : j;
      outputs[w] = p.picked != nullptr ? p.picked[at] : at;
      weights[w] = p.matrix.weights + outputs[w] * n;
    }
    std::size_t row = 0;
    for (; row + 4 <= p.row_count; row += 4) {
      for (std::size_t w = 0; w < width; ++w) {
        four_by_one(x + row * n, weights[w], n, sums);
        for (std::size_t r = 0; r < 4; ++r) {
          p.out[(row + r) * count + j + w] = to_real(sums[r], p.row_scales[row + r], p.matrix, p.bias, outputs[w]);
        }
      }
    }
    for (; row < p.row_count; ++row) {
      one_by_four(x + row * n, weights, n, sums);
      for (std::size_t w = 0; w < width; ++w) {
        p.out[row * count + j + w] = to_real(sums[w], p.row_scales[row], p.matrix, p.bias, outputs[w]);
      }
    }
  }
}

}  // namespace

constexpr Kernels kAvx2Kernels{Isa::kAvx2,     quantise_row<0>, multiply_int8, multiply_f32, dot_rows, weighted_sum,
                               add_layer_norm, softmax,         sigmoid,       relu,         argmax,   log_sum_exp};

}  // namespace parley::kernels
