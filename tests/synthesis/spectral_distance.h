// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

namespace parley::synthesis::testing {

/// Powers in dB of Hann-windowed frames of 512 samples, half overlapping: [frames][257].
inline std::vector<std::vector<double>> spectrogram(std::span<const float> samples) {
  constexpr std::size_t kSize = 512;
  static const auto kTurn = [] {
    std::vector<std::pair<double, double>> turn(kSize);
    for (std::size_t i = 0; i < kSize; ++i) {
      const double angle = 2 * std::numbers::pi * static_cast<double>(i) / kSize;
      turn[i] = {std::cos(angle), std::sin(angle)};
    }
    return turn;
  }();
  std::vector<std::vector<double>> frames;
  for (std::size_t at = 0; at + kSize <= samples.size(); at += kSize / 2) {
    auto& frame = frames.emplace_back();
    for (std::size_t bin = 0; bin <= kSize / 2; ++bin) {
      double real = 0.0;
      double imaginary = 0.0;
      for (std::size_t i = 0; i < kSize; ++i) {
        const double value = static_cast<double>(samples[at + i]) * (0.5 - 0.5 * kTurn[i].first);
        real += value * kTurn[bin * i % kSize].first;
        imaginary += value * kTurn[bin * i % kSize].second;
      }
      frame.push_back(10 * std::log10(real * real + imaginary * imaginary + 1e-14));
    }
  }
  return frames;
}

/// Log-spectral distance in dB: root mean square over frequency, mean over the frames in which `reference` speaks; what
/// is 60 dB below its loudest is the same silence.
inline double spectral_distance(std::span<const float> reference, std::span<const float> other) {
  const auto a = spectrogram(reference);
  const auto b = spectrogram(other);
  double top = -1000.0;
  for (const auto& frame : a) top = std::max(top, std::ranges::max(frame));
  double total = 0.0;
  int frames = 0;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (std::ranges::max(a[i]) < top - 45) continue;
    double squares = 0.0;
    for (std::size_t bin = 0; bin < a[i].size(); ++bin) {
      const double difference = std::max(a[i][bin], top - 60) - std::max(b[i][bin], top - 60);
      squares += difference * difference;
    }
    total += std::sqrt(squares / static_cast<double>(a[i].size()));
    ++frames;
  }
  return total / frames;
}

}  // namespace parley::synthesis::testing
