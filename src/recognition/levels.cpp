// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/levels.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "audio/frame.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kFrame = audio::kFrameSamples;

// -60 dBFS: below any voice on a telephone, above its line noise.
constexpr double kLeastLevel = 32768.0 * 1e-3;

// 6 dB: steady noise varies by less than 1 dB from frame to frame, words by 20 dB and more.
constexpr double kStandsOut = 2.0;

constexpr std::size_t kPauseFrames = 8;

// 14 dB below the louder half of the speech: the closure of a "t" is as quiet, but shorter than kPauseFrames.
constexpr double kPauseShare = 0.2;

/// The value that a `share` of them does not exceed; of one or more.
double quantile(std::span<const double> values, double share) {
  std::vector<double> sorted(values.begin(), values.end());
  const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(sorted.size() - 1) * share);
  std::ranges::nth_element(sorted, at);
  return *at;
}

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

std::vector<double> frame_levels(std::span<const std::int16_t> samples) {
  std::vector<double> levels;
  levels.reserve(samples.size() / kFrame);
  for (; samples.size() >= kFrame; samples = samples.subspan(kFrame)) levels.push_back(level(samples.first(kFrame)));
  return levels;
}

double least_speech_level(std::span<const double> levels) {
  return levels.empty() ? kLeastLevel : std::max(kLeastLevel, quantile(levels, 0.1) * kStandsOut);
}

std::optional<std::size_t> quietest_pause(std::span<const double> levels, std::size_t first, std::size_t last) {
  if (levels.size() < kPauseFrames) return std::nullopt;
  first = std::max(first, kPauseFrames / 2);
  last = std::min(last, levels.size() - kPauseFrames / 2 + 1);
  std::optional<std::size_t> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t middle = first; middle < last; ++middle) {
    const double loudest = std::ranges::max(levels.subspan(middle - kPauseFrames / 2, kPauseFrames));
    if (loudest > least) continue;
    least = loudest;
    best = middle;
  }
  if (best && least > std::max(kLeastLevel, quantile(levels, 0.8) * kPauseShare)) best.reset();
  return best;
}

}  // namespace parley::recognition
