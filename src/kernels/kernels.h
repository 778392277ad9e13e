// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/int8.h"
#include "kernels/isa.h"

namespace parley::kernels {

/// The primitives of one instruction set. All are pure functions on the caller's memory: any thread, no allocation, no
/// alignment asked. Every instruction set rounds and sums in the same order, so results are the same to the bit on
/// every machine.
struct Kernels {
  Isa isa;

  /// Quantises n values to ±127 with the row's own scale (largest magnitude / 127, returned). The bytes are in this
  /// instruction set's own form: signed, or offset by 128.
  float (*quantise_row)(const float* x, std::size_t n, std::uint8_t* out);

  void (*multiply_int8)(const Int8Product& product);
  void (*multiply_f32)(const FloatProduct& product);

  /// out[i] = scale · (x · rows[i]), for `count` rows of n values that lie `stride` values apart.
  void (*dot_rows)(const float* x, const float* rows, std::size_t stride, std::size_t count, std::size_t n, float scale,
                   float* out);

  /// out = Σ weights[i] · rows[i], rows as in dot_rows.
  void (*weighted_sum)(const float* weights, const float* rows, std::size_t stride, std::size_t count, std::size_t n,
                       float* out);

  /// out = layer_norm(a + b) · gain + bias; variance over n, epsilon inside the root. `out` may be a or b.
  void (*add_layer_norm)(const float* a, const float* b, const float* gain, const float* bias, float epsilon,
                         std::size_t n, float* out);

  void (*softmax)(float* x, std::size_t n);              ///< In place, n ≥ 1.
  void (*sigmoid)(float* x, std::size_t n);              ///< In place.
  void (*relu)(float* x, std::size_t n);                 ///< In place.
  std::size_t (*argmax)(const float* x, std::size_t n);  ///< The first of the largest, n ≥ 1.

  /// log Σ exp(x[i]), where `largest` is the largest x.
  float (*log_sum_exp)(const float* x, std::size_t n, float largest);
};

/// Precondition: cpu_supports(isa) (std::logic_error otherwise).
const Kernels& kernels_for(Isa isa);

}  // namespace parley::kernels
