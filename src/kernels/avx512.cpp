// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/float_kernels.h"
#include "kernels/tables.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kStep = 64;
constexpr int kOffset = 128;  // vpdpbusd wants unsigned activations; kOffset · Σ weights is taken out again

/// One register for each of four outputs. (Named, not an array: GCC keeps arrays of accumulators in memory.)
struct Four {
  __m512i a, b, c, d;
};

inline Four zeros() {
  const __m512i zero = _mm512_setzero_si512();
  return {zero, zero, zero, zero};
}

/// Products of 8-bit values, summed in 32 bits: nothing can saturate.
inline void add_products(Four& sums, const __m512i& activation, const Four& weights) {
  sums.a = _mm512_dpbusd_epi32(sums.a, activation, weights.a);
  sums.b = _mm512_dpbusd_epi32(sums.b, activation, weights.b);
  sums.c = _mm512_dpbusd_epi32(sums.c, activation, weights.c);
  sums.d = _mm512_dpbusd_epi32(sums.d, activation, weights.d);
}

inline __m256i halves(const __m512i& a) {
  return _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1));
}

inline __m128i totals(const Four& sums) {
  const __m256i pairs = _mm256_hadd_epi32(_mm256_hadd_epi32(halves(sums.a), halves(sums.b)),
                                          _mm256_hadd_epi32(halves(sums.c), halves(sums.d)));
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/// Four outputs of the matrix, the last of them repeated past the end of the picked ones, where `kept` leaves them out.
struct Block {
  const std::int8_t* weights[4];
  __m128i offsets;
  __m128 bias;
  __mmask8 kept;
};

inline Block block_at(const Int8Product& p, std::size_t j, std::size_t count) {
  Block block;
  std::size_t outputs[4];
  for (std::size_t w = 0; w < 4; ++w) {
    const std::size_t at = j + w < count ? j + w : count - 1;
    outputs[w] = p.picked != nullptr ? p.picked[at] : at;
    block.weights[w] = p.matrix.weights + outputs[w] * p.matrix.inputs;
  }
  const std::int32_t* sums = p.matrix.row_sums;
  block.offsets =
      _mm_slli_epi32(_mm_set_epi32(sums[outputs[3]], sums[outputs[2]], sums[outputs[1]], sums[outputs[0]]), 7);
  static_assert(kOffset == 1 << 7);
  block.bias = _mm_setzero_ps();
  if (p.bias != nullptr)
    block.bias = _mm_set_ps(p.bias[outputs[3]], p.bias[outputs[2]], p.bias[outputs[1]], p.bias[outputs[0]]);
  block.kept = static_cast<__mmask8>(count - j < 4 ? (1U << (count - j)) - 1U : 0xFU);
  return block;
}

inline Four load_weights(const Block& block, std::size_t i) {
  return {_mm512_loadu_si512(block.weights[0] + i), _mm512_loadu_si512(block.weights[1] + i),
          _mm512_loadu_si512(block.weights[2] + i), _mm512_loadu_si512(block.weights[3] + i)};
}

/// The last, partial step of a row: nothing past its end is read.
inline Four load_weights(const Block& block, std::size_t i, __mmask64 part) {
  return {_mm512_maskz_loadu_epi8(part, block.weights[0] + i), _mm512_maskz_loadu_epi8(part, block.weights[1] + i),
          _mm512_maskz_loadu_epi8(part, block.weights[2] + i), _mm512_maskz_loadu_epi8(part, block.weights[3] + i)};
}

inline __mmask64 part_of(std::size_t count) { return (__mmask64{1} << count) - 1; }

inline void write(const Int8Product& p, const Block& block, const Four& sums, std::size_t row, std::size_t j,
                  std::size_t count) {
  const __m128i products = _mm_sub_epi32(totals(sums), block.offsets);
  __m128 values = _mm_mul_ps(_mm_cvtepi32_ps(products), _mm_set1_ps(p.row_scales[row] * p.matrix.scale));
  if (p.bias != nullptr) values = _mm_add_ps(values, block.bias);
  _mm_mask_storeu_ps(p.out + row * count + j, block.kept, values);
}

inline void one_row(const Int8Product& p, const Block& block, std::size_t row, std::size_t j, std::size_t count) {
  const std::size_t n = p.matrix.inputs;
  const std::uint8_t* x = p.rows + row * n;
  Four sums = zeros();
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) add_products(sums, _mm512_loadu_si512(x + i), load_weights(block, i));
  if (i < n) {
    const __mmask64 part = part_of(n - i);
    add_products(sums, _mm512_maskz_loadu_epi8(part, x + i), load_weights(block, i, part));
  }
  write(p, block, sums, row, j, count);
}

/// Sixteen accumulators, eight loads for sixteen products.
inline void four_rows(const Int8Product& p, const Block& block, std::size_t row, std::size_t j, std::size_t count) {
  const std::size_t n = p.matrix.inputs;
  const std::uint8_t* x = p.rows + row * n;
  Four first = zeros();
  Four second = zeros();
  Four third = zeros();
  Four fourth = zeros();
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) {
    const Four weights = load_weights(block, i);
    add_products(first, _mm512_loadu_si512(x + i), weights);
    add_products(second, _mm512_loadu_si512(x + n + i), weights);
    add_products(third, _mm512_loadu_si512(x + 2 * n + i), weights);
    add_products(fourth, _mm512_loadu_si512(x + 3 * n + i), weights);
  }
  if (i < n) {
    const __mmask64 part = part_of(n - i);
    const Four weights = load_weights(block, i, part);
    add_products(first, _mm512_maskz_loadu_epi8(part, x + i), weights);
    add_products(second, _mm512_maskz_loadu_epi8(part, x + n + i), weights);
    add_products(third, _mm512_maskz_loadu_epi8(part, x + 2 * n + i), weights);
    add_products(fourth, _mm512_maskz_loadu_epi8(part, x + 3 * n + i), weights);
  }
  write(p, block, first, row, j, count);
  write(p, block, second, row + 1, j, count);
  write(p, block, third, row + 2, j, count);
  write(p, block, fourth, row + 3, j, count);
}

void multiply_int8(const Int8Product& p) {
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  for (std::size_t j = 0; j < count; j += 4) {
    const Block block = block_at(p, j, count);
    std::size_t row = 0;
    for (; row + 4 <= p.row_count; row += 4) four_rows(p, block, row, j, count);
    for (; row < p.row_count; ++row) one_row(p, block, row, j, count);
  }
}

}  // namespace

constexpr Kernels kAvx512VnniKernels{Isa::kAvx512Vnni, quantise_row<kOffset>,
                                     multiply_int8,    multiply_f32,
                                     dot_rows,         weighted_sum,
                                     add_layer_norm,   softmax,
                                     sigmoid,          relu,
                                     argmax,           log_sum_exp};

}  // namespace parley::kernels
