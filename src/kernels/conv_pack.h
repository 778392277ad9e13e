// SPDX-License-Identifier: GPL-3.0-or-later
// Each instruction set's order of weights. Packing allocates, so it is compiled like everything else: the kernel files
// instantiate no container.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/conv.h"

namespace parley::kernels {

/// What one step of convolve() multiplies: `inputs` neighbouring inputs by `outputs` neighbouring outputs.
struct ConvBlock {
  std::size_t inputs;
  std::size_t outputs;
};

inline constexpr ConvBlock kPortableBlock{64, 1};
inline constexpr ConvBlock kAvx2Block{2, 16};
inline constexpr ConvBlock kAvx512Block{4, 64};

/// Outputs that multiply_packed() takes together.
constexpr std::size_t matrix_block(Isa isa, std::size_t outputs) {
  switch (isa) {
    case Isa::kPortable: return 8;
    case Isa::kAvx2: return 16;
    case Isa::kAvx512Vnni: return outputs > 32 ? 64 : 32;
  }
  return 8;
}

/// weight - zero as int16: [outputs / block][tap][inputs / block][block.outputs][block.inputs]
PackedConv pack_conv_portable(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                              std::span<const float> bias);
PackedConv pack_conv_avx2(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                          std::span<const float> bias);

/// The bytes as they are, in the same order, and their sums.
PackedConv pack_conv_avx512(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                            std::span<const float> bias);

template <Isa isa>
PackedMatrix pack_matrix(std::size_t inputs, std::size_t outputs, std::span<const float> weights,
                         std::span<const float> bias);

extern template PackedMatrix pack_matrix<Isa::kPortable>(std::size_t, std::size_t, std::span<const float>,
                                                         std::span<const float>);
extern template PackedMatrix pack_matrix<Isa::kAvx2>(std::size_t, std::size_t, std::span<const float>,
                                                     std::span<const float>);
extern template PackedMatrix pack_matrix<Isa::kAvx512Vnni>(std::size_t, std::size_t, std::span<const float>,
                                                           std::span<const float>);

}  // namespace parley::kernels
