// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/lanes.h"
#include "kernels/tables.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kStep = 64;
constexpr int kOffset = 128;  // vpdpbusd wants unsigned activations; kOffset · Σ weights is taken out again

inline __m256i halves(const __m512i& a) { return _mm256_add_epi32(_mm512_castsi512_si256(a), _mm512_extracti64x4_epi64(a, 1)); }

/// The four sums of four accumulators.
inline __m128i sums_of(const __m512i* a) {
  const __m256i pairs =
      _mm256_hadd_epi32(_mm256_hadd_epi32(halves(a[0]), halves(a[1])), _mm256_hadd_epi32(halves(a[2]), halves(a[3])));
  return _mm_add_epi32(_mm256_castsi256_si128(pairs), _mm256_extracti128_si256(pairs, 1));
}

/// Four outputs of the matrix.
struct Block {
  const std::int8_t* weights[4];
  __m128i offsets;
  __m128 bias;
  __mmask8 kept;
};

/// The picked outputs j … j+3; past the end the last one again, whose result is not kept.
inline Block block_at(const Int8Product& p, std::size_t j, std::size_t count) {
  Block block;
  alignas(16) std::int32_t sums[4];
  alignas(16) float bias[4] = {};
  for (std::size_t w = 0; w < 4; ++w) {
    const std::size_t at = j + w < count ? j + w : count - 1;
    const std::size_t output = p.picked != nullptr ? p.picked[at] : at;
    block.weights[w] = p.matrix.weights + output * p.matrix.inputs;
    sums[w] = p.matrix.row_sums[output];
    if (p.bias != nullptr) bias[w] = p.bias[output];
  }
  block.offsets = _mm_slli_epi32(_mm_load_si128(reinterpret_cast<const __m128i*>(sums)), 7);
  static_assert(kOffset == 1 << 7);
  block.bias = _mm_load_ps(bias);
  block.kept = static_cast<__mmask8>(count - j < 4 ? (1U << (count - j)) - 1U : 0xFU);
  return block;
}

/// Rows activation rows by four outputs, in registers; the products of 8-bit values are summed in 32 bits, nothing can saturate.
template <int Rows>
inline void tile(const Int8Product& p, const Block& block, std::size_t row, std::size_t j, std::size_t count) {
  const std::size_t n = p.matrix.inputs;
  const std::uint8_t* activations = p.rows + row * n;
  __m512i sums[Rows][4] = {};
  const auto step = [&](std::size_t i, __mmask64 part) {
    __m512i weights[4];
    for (int w = 0; w < 4; ++w) weights[w] = _mm512_maskz_loadu_epi8(part, block.weights[w] + i);
    for (int r = 0; r < Rows; ++r) {
      const __m512i activation = _mm512_maskz_loadu_epi8(part, activations + static_cast<std::size_t>(r) * n + i);
      for (int w = 0; w < 4; ++w) sums[r][w] = _mm512_dpbusd_epi32(sums[r][w], activation, weights[w]);
    }
  };
  std::size_t i = 0;
  for (; i + kStep <= n; i += kStep) step(i, ~__mmask64{0});
  if (i < n) step(i, (__mmask64{1} << (n - i)) - 1);
  for (int r = 0; r < Rows; ++r) {
    const __m128i products = _mm_sub_epi32(sums_of(sums[r]), block.offsets);
    const float scale = p.row_scales[row + static_cast<std::size_t>(r)] * p.matrix.scale;
    __m128 values = _mm_mul_ps(_mm_cvtepi32_ps(products), _mm_set1_ps(scale));
    if (p.bias != nullptr) values = _mm_add_ps(values, block.bias);
    _mm_mask_storeu_ps(p.out + (row + static_cast<std::size_t>(r)) * count + j, block.kept, values);
  }
}

void multiply_int8(const Int8Product& p) {
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  for (std::size_t j = 0; j < count; j += 4) {
    const Block block = block_at(p, j, count);
    std::size_t row = 0;
    for (; row + 4 <= p.row_count; row += 4) tile<4>(p, block, row, j, count);
    for (; row < p.row_count; ++row) tile<1>(p, block, row, j, count);
  }
}

}  // namespace

constexpr Kernels kAvx512VnniKernels{Isa::kAvx512Vnni, quantise_row<128>, multiply_int8, multiply_f32, dot_rows, weighted_sum,
                                     add_layer_norm,   softmax,           sigmoid,       relu,         argmax, log_sum_exp};

}  // namespace parley::kernels
