// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/conv_pack.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace parley::kernels {
namespace {

/// Calls place(output, index in `weights`) for every weight in the packed order.
template <typename Place>
void in_packed_order(const ConvShape& shape, const ConvBlock& block, const Place& place) {
  for (std::size_t output = 0; output < shape.outputs; output += block.outputs) {
    for (std::size_t tap = 0; tap < shape.taps; ++tap) {
      for (std::size_t input = 0; input < shape.inputs; input += block.inputs) {
        for (std::size_t o = output; o < output + block.outputs; ++o) {
          const std::size_t from = (o * shape.taps + tap) * shape.inputs + input;
          for (std::size_t i = 0; i < block.inputs; ++i) place(o, from + i);
        }
      }
    }
  }
}

PackedConv start_conv(Isa isa, const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                      std::span<const float> bias) {
  if (shape.inputs % kConvChannels != 0 || shape.outputs % kConvChannels != 0 || shape.taps == 0 ||
      shape.taps * shape.inputs > kMaxConvProducts || weights.size() != shape.outputs * shape.taps * shape.inputs ||
      bias.size() != shape.outputs || zero < 0 || zero > 255) {
    throw std::logic_error("pack_conv: the weights do not fit the shape");
  }
  PackedConv packed;
  packed.isa = isa;
  packed.shape = shape;
  packed.scale = scale;
  packed.zero = zero;
  packed.bias.assign(bias.begin(), bias.end());
  return packed;
}

PackedConv pack_words(Isa isa, const ConvBlock& block, const ConvShape& shape, std::span<const std::uint8_t> weights,
                      float scale, int zero, std::span<const float> bias) {
  PackedConv packed = start_conv(isa, shape, weights, scale, zero, bias);
  packed.weights.resize(weights.size() * sizeof(std::int16_t));
  std::uint8_t* to = packed.weights.data();
  in_packed_order(shape, block, [&](std::size_t, std::size_t from) {
    const auto word = static_cast<std::int16_t>(weights[from] - zero);
    std::memcpy(to, &word, sizeof word);
    to += sizeof word;
  });
  return packed;
}

}  // namespace

PackedConv pack_conv_portable(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                              std::span<const float> bias) {
  return pack_words(Isa::kPortable, kPortableBlock, shape, weights, scale, zero, bias);
}

PackedConv pack_conv_avx2(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                          std::span<const float> bias) {
  return pack_words(Isa::kAvx2, kAvx2Block, shape, weights, scale, zero, bias);
}

PackedConv pack_conv_avx512(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                            std::span<const float> bias) {
  PackedConv packed = start_conv(Isa::kAvx512Vnni, shape, weights, scale, zero, bias);
  packed.weight_sums.assign(shape.outputs, 0);
  packed.weights.resize(weights.size());
  std::uint8_t* to = packed.weights.data();
  in_packed_order(shape, kAvx512Block, [&](std::size_t output, std::size_t from) {
    *to++ = weights[from];
    packed.weight_sums[output] += weights[from];
  });
  return packed;
}

template <Isa isa>
PackedMatrix pack_matrix(std::size_t inputs, std::size_t outputs, std::span<const float> weights,
                         std::span<const float> bias) {
  if (outputs == 0 || weights.size() != inputs * outputs || bias.size() != outputs) {
    throw std::logic_error("pack_matrix: the weights do not fit the shape");
  }
  const std::size_t block = matrix_block(isa, outputs);
  const std::size_t padded = (outputs + block - 1) / block * block;
  PackedMatrix packed;
  packed.isa = isa;
  packed.inputs = inputs;
  packed.outputs = outputs;
  packed.weights.assign(inputs * padded, 0.0F);
  packed.bias.assign(padded, 0.0F);
  std::ranges::copy(bias, packed.bias.begin());
  for (std::size_t input = 0; input < inputs; ++input) {
    for (std::size_t output = 0; output < outputs; ++output) {
      packed.weights[(output / block * inputs + input) * block + output % block] = weights[input * outputs + output];
    }
  }
  return packed;
}

template PackedMatrix pack_matrix<Isa::kPortable>(std::size_t, std::size_t, std::span<const float>,
                                                  std::span<const float>);
template PackedMatrix pack_matrix<Isa::kAvx2>(std::size_t, std::size_t, std::span<const float>, std::span<const float>);
template PackedMatrix pack_matrix<Isa::kAvx512Vnni>(std::size_t, std::size_t, std::span<const float>,
                                                    std::span<const float>);

}  // namespace parley::kernels
