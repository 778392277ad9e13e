// SPDX-License-Identifier: GPL-3.0-or-later
// Convolutions over time for a waveform generator. Everything lies as [time][channel], so that a tap is a row offset
// and nothing has to be gathered first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/aligned.h"
#include "kernels/isa.h"

namespace parley::kernels {

/// A dilated convolution of stride 1: out[t][o] = bias[o] + Σ over tap, i of weight[o][tap][i] · in[t + tap ·
/// dilation][i]. `inputs` and `outputs` are multiples of kConvChannels; taps · inputs ≤ kMaxConvProducts.
struct ConvShape {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::size_t taps = 1;
  std::size_t dilation = 1;
};

inline constexpr std::size_t kConvChannels = 64;

/// The most products of ±255 by ±255 whose sum still fits 32 bits.
inline constexpr std::size_t kMaxConvProducts = 33025;

/// How real numbers become bytes: byte = clamp(round to even(value / scale) + zero, -128 … 127); zero is a byte too, so
/// that padding with 0 is exact. scale > 0, finite.
struct Quantisation {
  float scale = 1.0F;
  int zero = 0;
};

/// The quantisation that covers low … high and 0; any range, an empty one included.
Quantisation quantisation_for(float low, float high);

/// Weights as one instruction set's convolve() wants them. Immutable once packed.
struct PackedConv {
  Isa isa = Isa::kPortable;
  ConvShape shape;
  float scale = 1.0F;                       ///< Of the weights.
  int zero = 0;                             ///< Of the weights, 0…255.
  AlignedVector<std::uint8_t> weights;      ///< The instruction set's own order and width.
  AlignedVector<std::int32_t> weight_sums;  ///< [outputs], where that instruction set needs them.
  AlignedVector<float> bias;                ///< [outputs]
};

/// Activations in one instruction set's own form: rows of `channels × ConvKernels::activation_bytes` bytes, and a sum
/// for each row, which some instruction sets leave unused.
struct ActivationRows {
  std::uint8_t* values = nullptr;
  std::int32_t* sums = nullptr;
};

/// An adaptive norm as the affine it has become, and the Snake after it (Ziyin, Hartwig, Ueda 2020):
/// u = gain · x + offset, snake = u + sin²(alpha · u) / alpha.
struct Snake {
  const float* gain = nullptr;           ///< [channels]
  const float* offset = nullptr;         ///< [channels]
  const float* alpha = nullptr;          ///< [channels]
  const float* inverse_alpha = nullptr;  ///< [channels], 1 / alpha
};

struct ConvCall {
  const PackedConv* conv = nullptr;
  ActivationRows in;                ///< Row 0 is tap 0 of output row 0; rows + (taps - 1) · dilation of them.
  Quantisation quantisation;        ///< Of `in`.
  std::size_t rows = 0;             ///< Output rows.
  const float* residual = nullptr;  ///< [rows][outputs], added; null for none.
  float* out = nullptr;             ///< [rows][outputs]; may be `residual`.
};

/// A float matrix packed for multiply_packed: [ceil(outputs / block)][inputs][block].
struct PackedMatrix {
  Isa isa = Isa::kPortable;
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  AlignedVector<float> weights;
  AlignedVector<float> bias;  ///< Padded to whole blocks.
};

/// out[r][o] = bias[o] + Σ over i of x[r · x_stride + i] · weight[i][o]. With x_stride < inputs the rows overlap, which
/// makes it a convolution.
struct MatrixCall {
  const PackedMatrix* matrix = nullptr;
  const float* x = nullptr;
  std::size_t x_stride = 0;
  std::size_t rows = 0;
  float* out = nullptr;
  std::size_t out_stride = 0;  ///< ≥ outputs; what lies between rows stays as it is.
};

struct Range {
  float low = 0.0F;
  float high = 0.0F;
};

/// The convolution kernels of one instruction set. Pure functions on the caller's memory: any thread, no allocation but
/// in pack. Integer sums are exact, so that equal bytes give equal sums everywhere; floats may differ in the last bits
/// between instruction sets (fused multiply-add). Float rows are [row][channels] without gaps; no alignment is asked of
/// them. `channels` is a multiple of 16.
struct ConvKernels {
  Isa isa;
  std::size_t activation_bytes;  ///< For one activation.

  /// weights [outputs][taps][inputs], real weight = scale · (weight - zero). Precondition: sizes fit the shape
  /// (std::logic_error otherwise).
  PackedConv (*pack_conv)(const ConvShape& shape, std::span<const std::uint8_t> weights, float scale, int zero,
                          std::span<const float> bias);

  /// weights [inputs][outputs].
  PackedMatrix (*pack_matrix)(std::size_t inputs, std::size_t outputs, std::span<const float> weights,
                              std::span<const float> bias);

  /// Norm, Snake and quantisation in one pass.
  void (*snake_quantise)(const float* x, std::size_t rows, std::size_t channels, const Snake& snake,
                         const Quantisation& quantisation, ActivationRows out);

  /// The range that snake_quantise would have to cover, 0 included.
  Range (*snake_range)(const float* x, std::size_t rows, std::size_t channels, const Snake& snake);

  /// The same two without norm and Snake.
  void (*quantise)(const float* x, std::size_t rows, std::size_t channels, const Quantisation& quantisation,
                   ActivationRows out);
  Range (*range)(const float* x, std::size_t rows, std::size_t channels);

  /// Rows of real 0, for padding.
  void (*zero_rows)(std::size_t rows, std::size_t channels, const Quantisation& quantisation, ActivationRows out);

  void (*convolve)(const ConvCall& call);
  void (*multiply_packed)(const MatrixCall& call);

  /// Adds each channel's Σ x and Σ x² over the rows to sums and squares ([channels], double).
  void (*add_moments)(const float* x, std::size_t rows, std::size_t channels, double* sums, double* squares);

  /// out = (a + b) · factor over n values; out may be a or b. n need be no multiple of anything.
  void (*add_scaled)(const float* a, const float* b, float factor, std::size_t n, float* out);

  /// out = x < 0 ? slope · x : x over n values; out may be x.
  void (*leaky_relu)(const float* x, float slope, std::size_t n, float* out);
};

/// Precondition: cpu_supports(isa) (std::logic_error otherwise).
const ConvKernels& conv_kernels_for(Isa isa);

}  // namespace parley::kernels
