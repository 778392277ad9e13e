// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <span>
#include <vector>

#include "audio/frame.h"

namespace parley::audio {

/// A sine of `amplitude` (full scale 1) as s16.
inline std::vector<std::int16_t> tone(double hertz, int rate, std::size_t samples, double amplitude = 0.5) {
  std::vector<std::int16_t> out(samples);
  for (std::size_t i = 0; i < samples; ++i) {
    out[i] = static_cast<std::int16_t>(
        std::lrint(32767.0 * amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / rate)));
  }
  return out;
}

/// A 1 kHz sine whose peaks lie at so many dBFS.
inline std::vector<std::int16_t> sine(float peak_dbfs, double seconds) {
  return tone(1000.0, kSampleRate, static_cast<std::size_t>(seconds * kSampleRate), std::pow(10.0, peak_dbfs / 20.0));
}

/// The amplitude (full scale 1) of one frequency in the samples: a single bin of a Fourier transform under a Hann
/// window.
inline double amplitude_at(double hertz, int rate, std::span<const std::int16_t> samples) {
  double real = 0;
  double imaginary = 0;
  double weights = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double phase = 2 * std::numbers::pi * hertz * static_cast<double>(i) / rate;
    const double weight =
        0.5 - 0.5 * std::cos(2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(samples.size()));
    real += weight * samples[i] / 32767.0 * std::cos(phase);
    imaginary += weight * samples[i] / 32767.0 * std::sin(phase);
    weights += weight;
  }
  return 2 * std::hypot(real, imaginary) / weights;
}

}  // namespace parley::audio
