// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/conv_lanes.h"
#include "kernels/conv_matrix.h"
#include "kernels/conv_pack.h"
#include "kernels/conv_tables.h"
#include "kernels/conv_tiles.h"

namespace parley::kernels {
namespace {

constexpr std::size_t kTileOutputs = 4;
constexpr std::size_t kRowsAtATime = 48;

/// One row by four outputs. Products of words added in 32 bits are what compilers know an instruction for.
inline void convolve_tile(const ConvCall& call, const std::int16_t* weights, std::size_t row, std::size_t output) {
  const PackedConv& conv = *call.conv;
  const std::size_t inputs = conv.shape.inputs;
  const std::size_t weights_per_output = conv.shape.taps * inputs;
  std::int32_t sums[kTileOutputs] = {};
  for (std::size_t tap = 0; tap < conv.shape.taps; ++tap) {
    const auto* x = reinterpret_cast<const Activation*>(call.in.values) + (row + tap * conv.shape.dilation) * inputs;
    const std::int16_t* a = weights + tap * inputs;
    const std::int16_t* b = a + weights_per_output;
    const std::int16_t* c = b + weights_per_output;
    const std::int16_t* d = c + weights_per_output;
    std::int32_t sum_a = 0;
    std::int32_t sum_b = 0;
    std::int32_t sum_c = 0;
    std::int32_t sum_d = 0;
    for (std::size_t i = 0; i < inputs; ++i) {
      sum_a += x[i] * a[i];
      sum_b += x[i] * b[i];
      sum_c += x[i] * c[i];
      sum_d += x[i] * d[i];
    }
    sums[0] += sum_a;
    sums[1] += sum_b;
    sums[2] += sum_c;
    sums[3] += sum_d;
  }
  const float scale = conv.scale * call.quantisation.scale;
  const std::size_t at = row * conv.shape.outputs + output;
  for (std::size_t o = 0; o < kTileOutputs; ++o) {
    const float value = static_cast<float>(sums[o]) * scale + conv.bias[output + o];
    call.out[at + o] = call.residual != nullptr ? value + call.residual[at + o] : value;
  }
}

void convolve(const ConvCall& call) {
  for_blocks<1, kRowsAtATime, kTileOutputs, std::int16_t>(
      call, [&]<std::size_t>(const std::uint8_t* weights, std::size_t row, std::size_t output) {
        convolve_tile(call, reinterpret_cast<const std::int16_t*>(weights), row, output);
      });
}

void multiply_packed(const MatrixCall& call) { multiply_blocks<4, 2>(call); }
static_assert(matrix_block(Isa::kPortable, 1) == 2 * kRegister);

}  // namespace

constexpr ConvKernels kPortableConvKernels{
    Isa::kPortable, sizeof(Activation), pack_conv_portable, pack_matrix<Isa::kPortable>,
    snake_quantise, snake_range,        quantise,           range,
    zero_rows,      convolve,           multiply_packed,    add_moments,
    add_scaled,     leaky_relu};

}  // namespace parley::kernels
