// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/halfband.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace parley::audio {
namespace {

using halfband::kArm;
using halfband::kTaps;

/// Modified Bessel function of the first kind, order 0, by its power series.
double bessel_i0(double x) {
  double sum = 1.0;
  double term = 1.0;
  for (int k = 1; k < 40; ++k) {
    term *= (x / (2.0 * k)) * (x / (2.0 * k));
    sum += term;
  }
  return sum;
}

/// The taps beside the centre of a Kaiser-windowed sinc with its edge at a quarter of the rate, scaled so that they sum
/// to 1 (a gain of 2 for the interpolator, halved for the decimator). Oppenheim & Schafer, Discrete-Time Signal
/// Processing, ch. 7 (windows) and 4 (polyphase).
std::array<float, kArm> arm_taps() {
  constexpr double kBeta = 7.0;  // About 70 dB of rejection.
  constexpr double kCentre = (kTaps - 1) / 2.0;
  std::array<double, kArm> taps{};
  double sum = 0.0;
  for (std::size_t j = 0; j < kArm; ++j) {
    const double offset = 2.0 * static_cast<double>(j) - kCentre;  // Odd, so the sinc's zeros are the taps left out.
    const double position = offset / kCentre;
    const double window = bessel_i0(kBeta * std::sqrt(std::max(0.0, 1.0 - position * position))) / bessel_i0(kBeta);
    taps[j] = std::sin(std::numbers::pi * offset / 2.0) / (std::numbers::pi * offset) * window;
    sum += taps[j];
  }
  std::array<float, kArm> scaled{};
  for (std::size_t j = 0; j < kArm; ++j) scaled[j] = static_cast<float>(taps[j] / sum);
  return scaled;
}

/// The filter is symmetric: it may run over the samples in either direction.
float filtered(const halfband::History& history) {
  static const std::array<float, kArm> filter = arm_taps();
  const float* samples = history.oldest_first();
  float sum = 0.0F;
  for (std::size_t j = 0; j < kArm; ++j) sum += filter[j] * samples[j];
  return sum;
}

std::int16_t to_s16(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

void Upsampler2::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) {
  assert(out.size() == 2 * in.size());
  for (std::size_t i = 0; i < in.size(); ++i) {
    history_.push(in[i]);
    out[2 * i] = to_s16(filtered(history_));
    out[2 * i + 1] = to_s16(history_.back(kArm / 2 - 1));
  }
}

void Downsampler2::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) {
  assert(in.size() == 2 * out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    even_.push(in[2 * i]);
    odd_.push(in[2 * i + 1]);
    out[i] = to_s16(0.5F * (filtered(odd_) + even_.back(kArm / 2 - 1)));
  }
}

}  // namespace parley::audio
