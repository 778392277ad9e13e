// SPDX-License-Identifier: GPL-3.0-or-later
// Sixteen float lanes, which the float kernels are written over once; each instruction set's file includes this and the
// compiler makes the lanes one, two or four registers. Everything has internal linkage, and only plain headers are
// included, so that no code of a strong instruction set can be linked into a program's common paths.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// Internal linkage is the point: each instruction set has its own. NOLINTBEGIN(misc-definitions-in-headers)
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

/// Sixteen lanes in as many registers as they take. (One vector of 64 bytes would do, but GCC takes those apart lane by
/// lane where the machine's registers are narrower.)
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

/// Adding this to a float of magnitude below 2^22 rounds it, half to even, to an integer that is then kept in the low
/// bits of the mantissa.
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

inline Floats widen(const std::int8_t* from) {
  Floats result;
#if defined(__AVX512F__)
  result.part[0] = _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))));
#elif defined(__AVX2__)
  result.part[0] = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from))));
  result.part[1] =
      _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from + 8))));
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

}  // namespace
}  // namespace parley::kernels
// NOLINTEND(misc-definitions-in-headers)
