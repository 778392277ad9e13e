// SPDX-License-Identifier: GPL-3.0-or-later
#include <immintrin.h>

#include "kernels/conv_lanes.h"
#include "kernels/conv_matrix.h"
#include "kernels/conv_pack.h"
#include "kernels/conv_tables.h"
#include "kernels/conv_tiles.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kTileRows = 6;      // 24 registers of sums, 4 of weights
constexpr std::size_t kRowsAtATime = 96;  // whose activations stay in the nearest cache for every block of outputs
constexpr std::size_t kRegisters = kAvx512Block.outputs / kRegister;

/// What the zero points take from the products of bytes: Σ (w - w0)(a - a0) = Σ w a - a0 Σ w + w0 (n a0 - Σ a).
template <std::size_t Rows>
inline void start_sums(const ConvCall& call, std::size_t row, std::size_t output, __m512i (&sums)[Rows][kRegisters]) {
  const PackedConv& conv = *call.conv;
  const auto products = static_cast<std::int32_t>(conv.shape.taps * conv.shape.inputs);
  __m512i weights[kRegisters];
#pragma GCC unroll 4
  for (std::size_t j = 0; j < kRegisters; ++j) {
    weights[j] = _mm512_mullo_epi32(_mm512_loadu_si512(conv.weight_sums.data() + output + j * kRegister),
                                    _mm512_set1_epi32(call.quantisation.zero));
  }
#pragma GCC unroll 6
  for (std::size_t r = 0; r < Rows; ++r) {
    std::int32_t activations = 0;
    for (std::size_t tap = 0; tap < conv.shape.taps; ++tap)
      activations += call.in.sums[row + r + tap * conv.shape.dilation];
    const __m512i rest = _mm512_set1_epi32(conv.zero * (products * call.quantisation.zero - activations));
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kRegisters; ++j) sums[r][j] = _mm512_sub_epi32(rest, weights[j]);
  }
}

template <std::size_t Rows>
inline void write(const ConvCall& call, std::size_t row, std::size_t output, const __m512i (&sums)[Rows][kRegisters]) {
  const PackedConv& conv = *call.conv;
  const __m512 scale = _mm512_set1_ps(conv.scale * call.quantisation.scale);
#pragma GCC unroll 6
  for (std::size_t r = 0; r < Rows; ++r) {
    const std::size_t at = (row + r) * conv.shape.outputs + output;
#pragma GCC unroll 4
    for (std::size_t j = 0; j < kRegisters; ++j) {
      const std::size_t lane = j * kRegister;
      __m512 value =
          _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[r][j]), scale, _mm512_loadu_ps(conv.bias.data() + output + lane));
      if (call.residual != nullptr) value = _mm512_add_ps(value, _mm512_loadu_ps(call.residual + at + lane));
      _mm512_storeu_ps(call.out + at + lane, value);
    }
  }
}

/// Four products of bytes added to every lane; nothing saturates. (Written out because GCC 12 copies the sums of the
/// intrinsic about and then keeps them in memory, at a quarter of the speed.)
inline void add_products(__m512i& sum, const __m512i& weights, const __m512i& activations) {
  asm("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(weights), "v"(activations));
}

/// `Rows` rows by a block of outputs, the sums in registers.
template <std::size_t Rows>
inline void convolve_tile(const ConvCall& call, const std::uint8_t* weights, std::size_t row, std::size_t output) {
  const ConvShape& shape = call.conv->shape;
  const std::size_t inputs = shape.inputs;
  __m512i sums[Rows][kRegisters];
  start_sums(call, row, output, sums);
  for (std::size_t tap = 0; tap < shape.taps; ++tap) {
    const std::uint8_t* x = call.in.values + (row + tap * shape.dilation) * inputs;
    for (std::size_t input = 0; input < inputs; input += kAvx512Block.inputs) {
      const __m512i a = _mm512_load_si512(weights);
      const __m512i b = _mm512_load_si512(weights + 64);
      const __m512i c = _mm512_load_si512(weights + 128);
      const __m512i d = _mm512_load_si512(weights + 192);
      weights += 256;
#pragma GCC unroll 6
      for (std::size_t r = 0; r < Rows; ++r) {
        std::int32_t four;
        std::memcpy(&four, x + r * inputs + input, sizeof four);
        const __m512i activation = _mm512_set1_epi32(four);
        add_products(sums[r][0], a, activation);
        add_products(sums[r][1], b, activation);
        add_products(sums[r][2], c, activation);
        add_products(sums[r][3], d, activation);
      }
    }
  }
  write(call, row, output, sums);
}

void convolve(const ConvCall& call) {
  for_blocks<kTileRows, kRowsAtATime, kAvx512Block.outputs, std::uint8_t>(
      call, [&]<std::size_t Rows>(const std::uint8_t* weights, std::size_t row, std::size_t output) {
        convolve_tile<Rows>(call, weights, row, output);
      });
}

void multiply_packed(const MatrixCall& call) {
  if (matrix_block(Isa::kAvx512Vnni, call.matrix->outputs) == 4 * kRegister) return multiply_blocks<6, 4>(call);
  multiply_blocks<8, 2>(call);
}

}  // namespace

constexpr ConvKernels kAvx512VnniConvKernels{
    Isa::kAvx512Vnni, sizeof(Activation), pack_conv_avx512, pack_matrix<Isa::kAvx512Vnni>,
    snake_quantise,   snake_range,        quantise,         range,
    zero_rows,        convolve,           multiply_packed,  add_moments,
    add_scaled,       leaky_relu};

}  // namespace parley::kernels
