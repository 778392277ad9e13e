// SPDX-License-Identifier: GPL-3.0-or-later
// The float kernels, written once over sixteen lanes; each instruction set's file includes this and the compiler makes the lanes one, two or
// four registers. Everything has internal linkage, and only plain headers are included, so that no code of a strong instruction set can
// be linked into a program's common paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#include "kernels/int8.h"

namespace parley::kernels {
namespace {

#if defined(__AVX512F__)
constexpr std::size_t kRegister = 16;
#elif defined(__AVX2__)
constexpr std::size_t kRegister = 8;
#else
constexpr std::size_t kRegister = 4;
#endif

constexpr std::size_t kLanes = 16;
constexpr std::size_t kParts = kLanes / kRegister;
using FloatPart = float __attribute__((vector_size(kRegister * sizeof(float))));
using IntPart = std::int32_t __attribute__((vector_size(kRegister * sizeof(float))));

/// Sixteen lanes in as many registers as they take. (One vector of 64 bytes would do, but GCC takes those apart lane by lane where the
/// machine's registers are narrower.)
struct Floats {
  FloatPart part[kParts];
};

struct Ints {
  IntPart part[kParts];
};

template <typename Result, typename Step>
inline Result by_part(const Step& step) {
  Result result;
  for (std::size_t i = 0; i < kParts; ++i) result.part[i] = step(i);
  return result;
}

inline Floats splat(float value) {
  return by_part<Floats>([&](std::size_t) { return FloatPart{} + value; });
}

inline Floats operator+(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] + b.part[i]; });
}

inline Floats operator-(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] - b.part[i]; });
}

inline Floats operator*(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] * b.part[i]; });
}

inline Floats operator/(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] / b.part[i]; });
}

inline Floats operator+(const Floats& a, float b) { return a + splat(b); }
inline Floats operator-(const Floats& a, float b) { return a - splat(b); }
inline Floats operator*(const Floats& a, float b) { return a * splat(b); }
inline Floats& operator+=(Floats& a, const Floats& b) { return a = a + b; }

inline Floats larger(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] > b.part[i] ? a.part[i] : b.part[i]; });
}

inline Floats smaller(const Floats& a, const Floats& b) {
  return by_part<Floats>([&](std::size_t i) { return a.part[i] < b.part[i] ? a.part[i] : b.part[i]; });
}

/// The same bits as integers, and back.
inline Ints bits_of(const Floats& value) {
  return by_part<Ints>([&](std::size_t i) { return reinterpret_cast<IntPart>(value.part[i]); });
}

inline Floats from_bits(const Ints& bits) {
  return by_part<Floats>([&](std::size_t i) { return reinterpret_cast<FloatPart>(bits.part[i]); });
}

// Register by register: a copy of all lanes at once is made of smaller pieces, which stalls.
inline Floats load(const float* from) {
  return by_part<Floats>([&](std::size_t i) {
    FloatPart part;
    std::memcpy(&part, from + i * kRegister, sizeof part);
    return part;
  });
}

inline void store(const Floats& value, float* to) {
  for (std::size_t i = 0; i < kParts; ++i) std::memcpy(to + i * kRegister, &value.part[i], sizeof(FloatPart));
}

/// The first `count` lanes, the others `rest`.
inline Floats load_part(const float* from, std::size_t count, float rest) {
  if (count == kLanes) return load(from);
  float lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = i < count ? from[i] : rest;
  return load(lanes);
}

inline void store_part(const Floats& value, float* to, std::size_t count) {
  if (count == kLanes) return store(value, to);
  float lanes[kLanes];
  store(value, lanes);
  std::memcpy(to, lanes, count * sizeof(float));
}

/// Lanes are added in halves: the same order on every instruction set.
inline float sum(const Floats& value) {
  float lanes[kLanes];
  store(value, lanes);
  for (std::size_t half = kLanes / 2; half > 0; half /= 2) {
    for (std::size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

inline float largest(const Floats& value) {
  float lanes[kLanes];
  store(value, lanes);
  float most = lanes[0];
  for (const float lane : lanes) most = lane > most ? lane : most;
  return most;
}

inline Floats magnitude(const Floats& value) {
  const Ints bits = bits_of(value);
  return from_bits(by_part<Ints>([&](std::size_t i) { return bits.part[i] & 0x7FFFFFFF; }));
}

/// Adding this to a float of magnitude below 2^22 rounds it, half to even, to an integer that is then kept in the low bits of the mantissa.
constexpr float kRound = 12582912.0F;
constexpr std::int32_t kRoundBits = 0x4B400000;

/// exp to about 1e-7, by range reduction and the minimax polynomial of Cephes (S. L. Moshier, expf.c).
inline Floats exponential(const Floats& value) {
  const Floats x = smaller(larger(value, splat(-87.0F)), splat(88.0F));
  const Floats shifted = x * 1.44269504F + kRound;
  const Floats n = shifted - kRound;
  const Floats r = x - n * 0.693359375F + n * 2.12194440e-4F;
  Floats p = splat(1.9875691500e-4F);
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  const Ints bits = bits_of(shifted);
  return p * from_bits(by_part<Ints>([&](std::size_t i) { return (bits.part[i] - kRoundBits + 127) << 23; }));
}

/// Calls step(lanes) over x with the lanes beyond n set to `rest`, for reductions.
template <typename Step>
inline void for_lanes(const float* x, std::size_t n, float rest, const Step& step) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) step(load(x + i));
  if (i < n) step(load_part(x + i, n - i, rest));
}

/// x[i] = step(x[i]).
template <typename Step>
inline void transform(float* x, std::size_t n, const Step& step) {
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) store(step(load(x + i)), x + i);
  if (i < n) store_part(step(load_part(x + i, n - i, 0.0F)), x + i, n - i);
}

inline float dot(const float* a, const float* b, std::size_t n) {
  Floats total{};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) total += load(a + i) * load(b + i);
  if (i < n) total += load_part(a + i, n - i, 0.0F) * load_part(b + i, n - i, 0.0F);
  return sum(total);
}

void dot_rows(const float* x, const float* rows, std::size_t stride, std::size_t count, std::size_t n, float scale, float* out) {
  for (std::size_t row = 0; row < count; ++row) out[row] = dot(x, rows + row * stride, n) * scale;
}

void weighted_sum(const float* weights, const float* rows, std::size_t stride, std::size_t count, std::size_t n, float* out) {
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

void add_layer_norm(const float* a, const float* b, const float* gain, const float* bias, float epsilon, std::size_t n, float* out) {
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

inline Floats widen(const std::int8_t* from) {
  Floats result;
#if defined(__AVX512F__)
  result.part[0] = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#elif defined(__AVX2__)
  result.part[0] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  result.part[1] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8))));
#else
  float lanes[kLanes];
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = from[i];
  result = load(lanes);
#endif
  return result;
}

inline void narrow(const Ints& value, std::uint8_t* to) {
#if defined(__AVX512F__)
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtepi32_epi8(reinterpret_cast<__m512i>(value.part[0])));
#else
  for (std::size_t i = 0; i < kLanes; ++i) to[i] = static_cast<std::uint8_t>(value.part[i / kRegister][i % kRegister]);
#endif
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
inline float to_real(std::int32_t product, float row_scale, const Int8Matrix& matrix, const float* bias, std::size_t output) {
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
