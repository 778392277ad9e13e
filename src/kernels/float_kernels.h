// SPDX-License-Identifier: GPL-3.0-or-later
// The float kernels, for each instruction set's file to include; internal linkage throughout, as in lanes.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/int8.h"
#include "kernels/lanes.h"

// Internal linkage is the point: each instruction set has its own. NOLINTBEGIN(misc-definitions-in-headers)
namespace parley::kernels {
namespace {

inline float dot(const float* a, const float* b, std::size_t n) {
  Floats total{};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) total += load(a + i) * load(b + i);
  if (i < n) total += load_part(a + i, n - i, 0.0F) * load_part(b + i, n - i, 0.0F);
  return sum(total);
}

void dot_rows(const float* x, const float* rows, std::size_t stride, std::size_t count, std::size_t n, float scale,
              float* out) {
  for (std::size_t row = 0; row < count; ++row) out[row] = dot(x, rows + row * stride, n) * scale;
}

void weighted_sum(const float* weights, const float* rows, std::size_t stride, std::size_t count, std::size_t n,
                  float* out) {
  for (std::size_t i = 0; i < n; i += kLanes) {
    const std::size_t width = n - i < kLanes ? n - i : kLanes;
    Floats total{};
    for (std::size_t row = 0; row < count; ++row) {
      const float* values = rows + row * stride + i;
      total += load_part(values, width, 0.0F) * weights[row];
    }
    store_part(total, out + i, width);
  }
}

void add_layer_norm(const float* a, const float* b, const float* gain, const float* bias, float epsilon, std::size_t n,
                    float* out) {
  Floats total{};
  for (std::size_t i = 0; i < n; i += kLanes) {
    const std::size_t width = n - i < kLanes ? n - i : kLanes;
    const Floats value = load_part(a + i, width, 0.0F) + load_part(b + i, width, 0.0F);
    store_part(value, out + i, width);
    total += value;
  }
  const float mean = sum(total) / static_cast<float>(n);
  Floats squares{};
  for_lanes(out, n, mean, [&](const Floats& value) { squares += (value - mean) * (value - mean); });
  const float factor = 1.0F / __builtin_sqrtf(sum(squares) / static_cast<float>(n) + epsilon);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const std::size_t width = n - i < kLanes ? n - i : kLanes;
    const Floats value = (load_part(out + i, width, 0.0F) - mean) * factor * load_part(gain + i, width, 0.0F);
    store_part(value + load_part(bias + i, width, 0.0F), out + i, width);
  }
}

float largest_of(const float* x, std::size_t n) {
  Floats most = splat(x[0]);
  for_lanes(x, n, x[0], [&](const Floats& value) { most = larger(value, most); });
  return largest(most);
}

float log_sum_exp(const float* x, std::size_t n, float largest_x) {
  constexpr float kNothing = -1e30F;  // exp(-87) of a padding lane adds nothing that a float could show
  Floats total{};
  for_lanes(x, n, kNothing, [&](const Floats& value) { total += exponential(value - largest_x); });
  return largest_x + __builtin_logf(sum(total));
}

void softmax(float* x, std::size_t n) {
  const float most = largest_of(x, n);
  transform(x, n, [&](const Floats& value) { return exponential(value - most); });
  Floats total{};
  for_lanes(x, n, 0.0F, [&](const Floats& value) { total += value; });
  const float factor = 1.0F / sum(total);
  transform(x, n, [&](const Floats& value) { return value * factor; });
}

void sigmoid(float* x, std::size_t n) {
  transform(x, n, [](const Floats& value) { return splat(1.0F) / (exponential(value * -1.0F) + 1.0F); });
}

void relu(float* x, std::size_t n) {
  transform(x, n, [](const Floats& value) { return larger(value, Floats{}); });
}

std::size_t argmax(const float* x, std::size_t n) {
  const float most = largest_of(x, n);
  for (std::size_t i = 0; i < n; ++i) {
    if (x[i] == most) return i;
  }
  return 0;  // nothing but NaN
}

/// Bytes are q + Offset, q = x · 127/largest rounded half to even.
template <int Offset>
float quantise_row(const float* x, std::size_t n, std::uint8_t* out) {
  Floats most = splat(1e-9F);
  for_lanes(x, n, 0.0F, [&](const Floats& value) { most = larger(magnitude(value), most); });
  const float range = largest(most);
  const float factor = 127.0F / range;
  const auto quantise = [&](const Floats& value, std::uint8_t* to) {
    const Ints bits = bits_of(value * factor + kRound);
    narrow(by_part<Ints>([&](std::size_t i) { return bits.part[i] - kRoundBits + Offset; }), to);
  };
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) quantise(load(x + i), out + i);
  if (i < n) {
    std::uint8_t last[kLanes];
    quantise(load_part(x + i, n - i, 0.0F), last);
    std::memcpy(out + i, last, n - i);
  }
  return range / 127.0F;
}

/// An exact integer product to the real one. One place, so that every kernel rounds alike.
inline float to_real(std::int32_t product, float row_scale, const Int8Matrix& matrix, const float* bias,
                     std::size_t output) {
  const float value = static_cast<float>(product) * (row_scale * matrix.scale);
  return bias != nullptr ? value + bias[output] : value;
}

inline float dot_float_int8(const float* x, const std::int8_t* weights, std::size_t n) {
  Floats total{};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) total += load(x + i) * widen(weights + i);
  if (i < n) {
    std::int8_t last[kLanes] = {};
    std::memcpy(last, weights + i, n - i);
    total += load_part(x + i, n - i, 0.0F) * widen(last);
  }
  return sum(total);
}

void multiply_f32(const FloatProduct& p) {
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t output = p.picked != nullptr ? p.picked[j] : j;
    const std::int8_t* weights = p.matrix.weights + output * p.matrix.inputs;
    for (std::size_t row = 0; row < p.row_count; ++row) {
      const float value = dot_float_int8(p.rows + row * p.matrix.inputs, weights, p.matrix.inputs) * p.matrix.scale;
      p.out[row * count + j] = p.bias != nullptr ? value + p.bias[output] : value;
    }
  }
}

}  // namespace
}  // namespace parley::kernels
// NOLINTEND(misc-definitions-in-headers)
