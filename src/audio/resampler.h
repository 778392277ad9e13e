// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace parley::audio {

/// s16, or float with full scale at ±1 (louder than that is clipped when it becomes s16).
template <typename T>
concept Sample = std::same_as<T, std::int16_t> || std::same_as<T, float>;

/// Converts one mono stream from one rate to another as it comes (soxr's high-quality recipe: linear phase, nothing
/// audible aliases; no dither, so silence stays digital silence). Output lags input by 10 to 40 ms and arrives in
/// bursts, which suits files and synthesised phrases; for a live 8 kHz leg use halfband.h. One thread at a time;
/// allocates only while its buffers grow to the largest block seen.
template <Sample In, Sample Out>
class Resampler {
 public:
  /// Rates in Hz, 1 or more. Throws std::invalid_argument when soxr cannot convert between them.
  Resampler(int in_rate, int out_rate);
  Resampler(Resampler&&) noexcept;
  Resampler& operator=(Resampler&&) noexcept;
  ~Resampler();

  /// Takes input and gives what is ready of the output; it stays valid until the next call.
  std::span<const Out> process(std::span<const In> in);

  /// Gives the rest of the output: after it, in-to-out lengths relate as the rates do. Then a new stream may begin.
  std::span<const Out> flush();

 private:
  struct Soxr;
  void append(const In* in, std::size_t count);

  std::unique_ptr<Soxr> soxr_;
  double ratio_;
  std::vector<Out> out_;
  std::size_t ready_ = 0;
};

/// The whole of a recording at another rate. Throws as Resampler does.
template <Sample In, Sample Out>
std::vector<Out> resample(std::span<const In> in, int in_rate, int out_rate);

extern template class Resampler<std::int16_t, std::int16_t>;
extern template class Resampler<std::int16_t, float>;
extern template class Resampler<float, std::int16_t>;
extern template class Resampler<float, float>;
extern template std::vector<std::int16_t> resample(std::span<const std::int16_t>, int, int);
extern template std::vector<float> resample(std::span<const std::int16_t>, int, int);
extern template std::vector<std::int16_t> resample(std::span<const float>, int, int);
extern template std::vector<float> resample(std::span<const float>, int, int);

}  // namespace parley::audio
