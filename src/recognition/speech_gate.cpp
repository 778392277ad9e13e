// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/speech_gate.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "audio/frame.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kFrame = audio::kFrameSamples;
constexpr std::size_t kLeastFrames = 5;  // 0.1 s

// -60 dBFS: below any voice on a telephone, above its line noise.
constexpr double kLeastLevel = 32768.0 * 1e-3;

// 6 dB: steady noise varies by less than 1 dB from frame to frame, words by 20 dB and more.
constexpr double kStandsOut = 2.0;

/// Root mean square without the offset.
double level(std::span<const std::int16_t> frame) {
  double sum = 0.0;
  double squares = 0.0;
  for (std::int16_t sample : frame) {
    sum += sample;
    squares += static_cast<double>(sample) * sample;
  }
  const double count = static_cast<double>(frame.size());
  return std::sqrt(std::max(0.0, squares / count - (sum / count) * (sum / count)));
}

}  // namespace

bool may_hold_words(std::span<const std::int16_t> samples) {
  std::vector<double> levels;
  for (; samples.size() >= kFrame; samples = samples.subspan(kFrame)) levels.push_back(level(samples.first(kFrame)));
  if (levels.size() < kLeastFrames) return false;

  std::vector<double> sorted = levels;
  const auto tenth = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 10);
  std::ranges::nth_element(sorted, tenth);
  const double needed = std::max(kLeastLevel, *tenth * kStandsOut);
  return std::ranges::count_if(levels, [&](double value) { return value >= needed; }) >=
         static_cast<std::ptrdiff_t>(kLeastFrames);
}

}  // namespace parley::recognition
