// SPDX-License-Identifier: GPL-3.0-or-later
// What the convolution kernels do over lanes: affine, Snake, quantisation and the small passes between convolutions.
// For each instruction set's file to include; internal linkage throughout, as in lanes.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "kernels/conv.h"
#include "kernels/lanes.h"

// Internal linkage is the point: each instruction set has its own. NOLINTBEGIN(misc-definitions-in-headers)
namespace parley::kernels {
namespace {

#if defined(__AVX512VNNI__)
using Activation = std::int8_t;  // the quantised bytes, and for each row their sum
constexpr bool kBytes = true;
#else
using Activation = std::int16_t;  // the quantised bytes less their zero; no sums
constexpr bool kBytes = false;
#endif

inline FloatPart fused(const FloatPart& a, const FloatPart& b, const FloatPart& c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__)
  return _mm256_fmadd_ps(a, b, c);
#else
  return a * b + c;
#endif
}

/// a · b + c, rounded once where the instruction set can.
inline Floats fused(const Floats& a, const Floats& b, const Floats& c) {
  return by_part<Floats>([&](std::size_t i) { return fused(a.part[i], b.part[i], c.part[i]); });
}

inline FloatPart nearest(const FloatPart& x) {
#if defined(__AVX512F__)
  return _mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#elif defined(__AVX2__)
  return _mm256_round_ps(x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
#else
  constexpr float kExact = 4194304.0F;  // 2^22: the sum below rounds no further
  const FloatPart rounded = (x + kRound) - kRound;
  return ((x < kExact) & (x > -kExact)) ? rounded : x;
#endif
}

/// The nearest integers, half to even. What is too large to have a fraction (to the portable kernels, 2^22) stays.
inline Floats nearest(const Floats& x) {
  return by_part<Floats>([&](std::size_t i) { return nearest(x.part[i]); });
}

/// x between low and high; NaN becomes low.
inline Floats clamp(const Floats& x, const Floats& low, const Floats& high) {
#if defined(__AVX512F__)
  return {_mm512_min_ps(_mm512_max_ps(x.part[0], low.part[0]), high.part[0])};
#elif defined(__AVX2__)
  return by_part<Floats>(
      [&](std::size_t i) { return _mm256_min_ps(_mm256_max_ps(x.part[i], low.part[i]), high.part[i]); });
#else
  return smaller(larger(x, low), high);
#endif
}

/// sin²(x) with an error below 1.1e-6 + 2e-7 · |x|: x in half turns less the nearest integer, and for sin(π · f) the
/// odd polynomial of degree 7 that is best, squared, on ±1/2.
inline Floats squared_sine(const Floats& x) {
  const Floats half_turns = x * 0.318309886F;
  const Floats f = half_turns - nearest(half_turns);
  const Floats g = f * f;
  Floats p = fused(splat(-0.552051723F), g, splat(2.54064822F));
  p = fused(p, g, splat(-5.16695976F));
  p = fused(p, g, splat(3.14157438F));
  const Floats sine = p * f;
  return sine * sine;
}

/// Norm and Snake of the channels that begin at `channel`.
inline Floats snake_of(const Floats& x, const Snake& snake, std::size_t channel) {
  const Floats u = fused(x, load(snake.gain + channel), load(snake.offset + channel));
  return fused(squared_sine(u * load(snake.alpha + channel)), load(snake.inverse_alpha + channel), u);
}

inline void store_activations(const Ints& value, Activation* to) {
#if defined(__AVX512VNNI__)
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(value.part[0])));
#elif defined(__AVX2__)
  const __m256i halves =
      _mm256_packs_epi32(reinterpret_cast<__m256i>(value.part[0]), reinterpret_cast<__m256i>(value.part[1]));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permute4x64_epi64(halves, _MM_SHUFFLE(3, 1, 2, 0)));
#else
  using Words = std::int16_t __attribute__((vector_size(kRegister * sizeof(std::int16_t))));
  for (std::size_t i = 0; i < kParts; ++i) {
    const Words words = __builtin_convertvector(value.part[i], Words);
    std::memcpy(to + i * kRegister, &words, sizeof words);
  }
#endif
}

inline std::int32_t sum(const Ints& value) {
#if defined(__AVX512F__)
  return _mm512_reduce_add_epi32(reinterpret_cast<__m512i>(value.part[0]));
#else
  std::int32_t total = 0;
  for (std::size_t i = 0; i < kLanes; ++i) total += value.part[i / kRegister][i % kRegister];
  return total;
#endif
}

/// Quantises value(x, channel) of every lane.
template <typename Value>
inline void quantise_rows(const float* x, std::size_t rows, std::size_t channels, const Quantisation& quantisation,
                          const ActivationRows& out, const Value& value) {
  const Floats inverse = splat(1.0F / quantisation.scale);
  const Floats low = splat(static_cast<float>(-128 - quantisation.zero));
  const Floats high = splat(static_cast<float>(127 - quantisation.zero));
  const std::int32_t shift = (kBytes ? quantisation.zero : 0) - kRoundBits;
  auto* to = reinterpret_cast<Activation*>(out.values);
  for (std::size_t row = 0; row < rows; ++row) {
    Ints total{};
    for (std::size_t channel = 0; channel < channels; channel += kLanes) {
      const Floats steps = clamp(value(load(x + channel), channel) * inverse, low, high);
      const Ints bits = bits_of(steps + kRound);
      const Ints quantised = by_part<Ints>([&](std::size_t i) { return bits.part[i] + shift; });
      store_activations(quantised, to + channel);
      if constexpr (kBytes) total = by_part<Ints>([&](std::size_t i) { return total.part[i] + quantised.part[i]; });
    }
    if constexpr (kBytes) out.sums[row] = sum(total);
    x += channels;
    to += channels;
  }
}

void snake_quantise(const float* x, std::size_t rows, std::size_t channels, const Snake& snake,
                    const Quantisation& quantisation, ActivationRows out) {
  quantise_rows(x, rows, channels, quantisation, out,
                [&](const Floats& value, std::size_t channel) { return snake_of(value, snake, channel); });
}

void quantise(const float* x, std::size_t rows, std::size_t channels, const Quantisation& quantisation,
              ActivationRows out) {
  quantise_rows(x, rows, channels, quantisation, out, [](const Floats& value, std::size_t) { return value; });
}

/// NaN is left out.
template <typename Value>
inline Range range_of_rows(const float* x, std::size_t rows, std::size_t channels, const Value& value) {
  Floats low{};
  Floats high{};
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t channel = 0; channel < channels; channel += kLanes) {
      const Floats v = value(load(x + channel), channel);
      low = smaller(v, low);
      high = larger(v, high);
    }
    x += channels;
  }
  return {-largest(low * -1.0F), largest(high)};
}

Range snake_range(const float* x, std::size_t rows, std::size_t channels, const Snake& snake) {
  return range_of_rows(x, rows, channels,
                       [&](const Floats& value, std::size_t channel) { return snake_of(value, snake, channel); });
}

Range range(const float* x, std::size_t rows, std::size_t channels) {
  return range_of_rows(x, rows, channels, [](const Floats& value, std::size_t) { return value; });
}

void zero_rows(std::size_t rows, std::size_t channels, const Quantisation& quantisation, ActivationRows out) {
  std::memset(out.values, kBytes ? quantisation.zero : 0, rows * channels * sizeof(Activation));
  if constexpr (kBytes) {
    for (std::size_t row = 0; row < rows; ++row)
      out.sums[row] = static_cast<std::int32_t>(channels) * quantisation.zero;
  }
}

using Doubles = double __attribute__((vector_size(kRegister * sizeof(float))));
using HalfPart = float __attribute__((vector_size(kRegister * sizeof(float) / 2)));
constexpr std::size_t kDoubles = kRegister / 2;

void add_moments(const float* x, std::size_t rows, std::size_t channels, double* sums, double* squares) {
  constexpr std::size_t kCount = kLanes / kDoubles;
  for (std::size_t channel = 0; channel < channels; channel += kLanes) {
    Doubles sum_of[kCount];
    Doubles square_of[kCount];
    std::memcpy(sum_of, sums + channel, sizeof sum_of);
    std::memcpy(square_of, squares + channel, sizeof square_of);
    const float* from = x + channel;
    for (std::size_t row = 0; row < rows; ++row, from += channels) {
      for (std::size_t i = 0; i < kCount; ++i) {
        HalfPart part;
        std::memcpy(&part, from + i * kDoubles, sizeof part);
        const Doubles value = __builtin_convertvector(part, Doubles);
        sum_of[i] += value;
        square_of[i] += value * value;
      }
    }
    std::memcpy(sums + channel, sum_of, sizeof sum_of);
    std::memcpy(squares + channel, square_of, sizeof square_of);
  }
}

/// out[i] = step(lanes of a, lanes of b) where out may be either: every lane is read before it is written.
template <typename Step>
inline void combine(const float* a, const float* b, std::size_t n, float* out, const Step& step) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(step(load(a + i), load(b + i)), out + i);
  if (i < n) store_part(step(load_part(a + i, n - i, 0.0F), load_part(b + i, n - i, 0.0F)), out + i, n - i);
}

void add_scaled(const float* a, const float* b, float factor, std::size_t n, float* out) {
  combine(a, b, n, out, [&](const Floats& u, const Floats& v) { return (u + v) * factor; });
}

void leaky_relu(const float* x, float slope, std::size_t n, float* out) {
  combine(x, x, n, out, [&](const Floats& value, const Floats&) {
    const Floats scaled = value * slope;
    return by_part<Floats>([&](std::size_t i) { return value.part[i] < 0.0F ? scaled.part[i] : value.part[i]; });
  });
}

}  // namespace
}  // namespace parley::kernels
// NOLINTEND(misc-definitions-in-headers)
