// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "vocoder/architecture.h"
#include "vocoder/statistics.h"

namespace parley::vocoder {

struct Stretch;

/// What a phrase tells of its norms' statistics before any of it was sounded: mean and log deviation of its features
/// and harmonics, and its length. kSummarySize values, in the order of docs/kokoro-files.md.
std::vector<float> summary_of(const Stretch& phrase, std::size_t lead_frames);

inline constexpr std::size_t kSummarySize = 2 * (kFeatureChannels + kHarmonicChannels) + 3;

/// Means, then log variances: what the statistics of a voice's phrases have in common. 2 × kNormChannels values.
using StatisticsBase = std::vector<float>;

/// Foretells the statistics of a phrase: its voice's base, and a linear map of low rank from the summary, which all
/// voices share. (The average alone is off by 12 dB in short phrases; the map alone does not carry from voice to
/// voice.) Immutable: any thread.
class StatisticsMap {
 public:
  StatisticsMap() = default;

  /// encode [kSummarySize][rank], decode [rank][2 · kNormChannels].
  StatisticsMap(std::span<const float> encode, std::span<const float> decode);

  /// About a millisecond.
  NormStatistics predict(const StatisticsBase& base, std::span<const float> summary) const;

  /// The base with which this phrase's statistics would have been foretold exactly.
  StatisticsBase base_of(const NormStatistics& observed, std::span<const float> summary) const;

 private:
  std::vector<float> deviation(std::span<const float> summary) const;

  std::size_t rank_ = 0;
  std::vector<float> encode_;
  std::vector<float> decode_;
};

}  // namespace parley::vocoder
