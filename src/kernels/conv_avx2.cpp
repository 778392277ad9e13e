// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/conv_lanes.h"
#include "kernels/conv_matrix.h"
#include "kernels/conv_pack.h"
#include "kernels/conv_tables.h"
#include "kernels/conv_tiles.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kTileRows = 6;      // 12 registers of sums, 2 of weights, 1 of activations, 1 of products
constexpr std::size_t kRowsAtATime = 48;  // whose activations stay in the nearest cache for every block of outputs
constexpr std::size_t kRegisters = kAvx2Block.outputs / kRegister;

template <std::size_t Rows>
inline void write(const ConvCall& call, std::size_t row, std::size_t output, const __m256i (&sums)[Rows][kRegisters]) {
  const PackedConv& conv = *call.conv;
  const __m256 scale = _mm256_set1_ps(conv.scale * call.quantisation.scale);
#pragma GCC unroll 6
  for (std::size_t r = 0; r < Rows; ++r) {
    const std::size_t at = (row + r) * conv.shape.outputs + output;
#pragma GCC unroll 2
    for (std::size_t j = 0; j < kRegisters; ++j) {
      const std::size_t lane = j * kRegister;
      __m256 value =
          _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums[r][j]), scale, _mm256_loadu_ps(conv.bias.data() + output + lane));
      if (call.residual != nullptr) value = _mm256_add_ps(value, _mm256_loadu_ps(call.residual + at + lane));
      _mm256_storeu_ps(call.out + at + lane, value);
    }
  }
}

/// `Rows` rows by a block of outputs, the sums in registers.
template <std::size_t Rows>
inline void convolve_tile(const ConvCall& call, const std::uint8_t* weights, std::size_t row, std::size_t output) {
  const ConvShape& shape = call.conv->shape;
  const std::size_t row_bytes = shape.inputs * sizeof(Activation);
  __m256i sums[Rows][kRegisters];
#pragma GCC unroll 6
  for (std::size_t r = 0; r < Rows; ++r) {
    sums[r][0] = _mm256_setzero_si256();
    sums[r][1] = _mm256_setzero_si256();
  }
  for (std::size_t tap = 0; tap < shape.taps; ++tap) {
    const std::uint8_t* x = call.in.values + (row + tap * shape.dilation) * row_bytes;
    for (std::size_t at = 0; at < row_bytes; at += kAvx2Block.inputs * sizeof(Activation)) {
      const __m256i a = _mm256_load_si256(reinterpret_cast<const __m256i*>(weights));
      const __m256i b = _mm256_load_si256(reinterpret_cast<const __m256i*>(weights + 32));
      weights += 64;
#pragma GCC unroll 6
      for (std::size_t r = 0; r < Rows; ++r) {
        std::int32_t pair;
        std::memcpy(&pair, x + r * row_bytes + at, sizeof pair);
        const __m256i activation = _mm256_set1_epi32(pair);
        sums[r][0] = _mm256_add_epi32(sums[r][0], _mm256_madd_epi16(activation, a));
        sums[r][1] = _mm256_add_epi32(sums[r][1], _mm256_madd_epi16(activation, b));
      }
    }
  }
  write(call, row, output, sums);
}

void convolve(const ConvCall& call) {
  for_blocks<kTileRows, kRowsAtATime, kAvx2Block.outputs, std::int16_t>(
      call, [&]<std::size_t Rows>(const std::uint8_t* weights, std::size_t row, std::size_t output) {
        convolve_tile<Rows>(call, weights, row, output);
      });
}

void multiply_packed(const MatrixCall& call) { multiply_blocks<6, 2>(call); }
static_assert(matrix_block(Isa::kAvx2, 1) == 2 * kRegister);

}  // namespace

constexpr ConvKernels kAvx2ConvKernels{
    Isa::kAvx2, sizeof(Activation), pack_conv_avx2, pack_matrix<Isa::kAvx2>, snake_quantise, snake_range, quantise,
    range,      zero_rows,          convolve,       multiply_packed,         add_moments,    add_scaled,  leaky_relu};

}  // namespace parley::kernels
