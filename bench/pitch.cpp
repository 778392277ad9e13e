// SPDX-License-Identifier: GPL-3.0-or-later
#include "pitch.h"

#include <algorithm>
#include <cmath>

namespace parley::bench {
namespace {

constexpr double kRate = 16000.0;
constexpr std::size_t kHop = 160;
constexpr std::size_t kWindow = 640;
constexpr std::size_t kShortestLag = 40;
constexpr std::size_t kLongestLag = 246;
constexpr double kVoiced = 0.6;
constexpr double kNearlyAsGood = 0.9;       // a shorter lag so nearly as good as the best is the period, not half of it
constexpr double kSilence = 100.0 * 100.0;  // mean power below it: −50 dBFS

double product(const std::int16_t* a, const std::int16_t* b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < kWindow; ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

std::optional<double> pitch_at(const std::int16_t* at) {
  const double own = product(at, at);
  if (own < kSilence * kWindow) return std::nullopt;
  std::vector<double> likeness(kLongestLag + 2, 0.0);
  for (std::size_t lag = kShortestLag - 1; lag <= kLongestLag + 1; ++lag)
    likeness[lag] = product(at, at + lag) / std::sqrt(own * product(at + lag, at + lag) + 1.0);
  const double best = *std::max_element(likeness.begin() + kShortestLag, likeness.end() - 1);
  if (best < kVoiced) return std::nullopt;
  for (std::size_t lag = kShortestLag; lag <= kLongestLag; ++lag) {
    const double a = likeness[lag - 1], b = likeness[lag], c = likeness[lag + 1];
    if (b < best * kNearlyAsGood || b < a || b < c) continue;
    const double curve = a - 2 * b + c;
    return kRate / (static_cast<double>(lag) + (curve == 0.0 ? 0.0 : 0.5 * (a - c) / curve));
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::optional<double>> pitch_track(std::span<const std::int16_t> samples) {
  std::vector<std::optional<double>> track;
  for (std::size_t i = 0; i + kWindow + kLongestLag + 1 < samples.size(); i += kHop)
    track.push_back(pitch_at(&samples[i]));
  return track;
}

std::optional<double> median_pitch(std::span<const std::optional<double>> track) {
  std::vector<double> voiced;
  for (const auto& pitch : track)
    if (pitch) voiced.push_back(*pitch);
  if (voiced.empty()) return std::nullopt;
  const auto middle = voiced.begin() + static_cast<std::ptrdiff_t>(voiced.size() / 2);
  std::nth_element(voiced.begin(), middle, voiced.end());
  return *middle;
}

double semitones(double from, double to) { return 12.0 * std::log2(to / from); }

}  // namespace parley::bench
