// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/statistics_map.h"

#include <algorithm>
#include <cmath>

#include "vocoder/generator.h"

namespace parley::vocoder {
namespace {

constexpr float kVarianceFloor = 1e-5F;   // the logarithm is of the variance plus this
constexpr double kDeviationFloor = 1e-2;  // likewise for the deviations in a summary
constexpr float kLargestLog = 20.0F;      // no real norm comes near; keeps a freak out of infinity

/// Appends each channel's mean, then each channel's log deviation.
void append_moments(std::span<const float> rows, std::size_t channels, std::vector<float>& out) {
  std::vector<double> sums(channels);
  std::vector<double> squares(channels);
  for (std::size_t row = 0; row < rows.size(); row += channels) {
    for (std::size_t c = 0; c < channels; ++c) {
      const double value = rows[row + c];
      sums[c] += value;
      squares[c] += value * value;
    }
  }
  const auto count = static_cast<double>(rows.size() / channels);
  for (std::size_t c = 0; c < channels; ++c) out.push_back(static_cast<float>(sums[c] / count));
  for (std::size_t c = 0; c < channels; ++c) {
    const double mean = sums[c] / count;
    const double deviation = std::sqrt(std::max(0.0, squares[c] / count - mean * mean));
    out.push_back(static_cast<float>(std::log(deviation + kDeviationFloor)));
  }
}

}  // namespace

std::vector<float> summary_of(const Stretch& phrase, std::size_t lead_frames) {
  std::vector<float> summary;
  summary.reserve(kSummarySize);
  append_moments(phrase.features, kFeatureChannels, summary);
  append_moments(phrase.harmonics, kHarmonicChannels, summary);
  const auto frames = static_cast<float>(phrase.frames());
  const float voiced = std::max(1.0F, frames - static_cast<float>(lead_frames));
  summary.push_back(std::log(frames));
  summary.push_back(voiced / frames);
  summary.push_back(std::log(voiced));
  return summary;
}

StatisticsMap::StatisticsMap(std::span<const float> encode, std::span<const float> decode)
    : rank_(encode.size() / kSummarySize),
      encode_(encode.begin(), encode.end()),
      decode_(decode.begin(), decode.end()) {}

std::vector<float> StatisticsMap::deviation(std::span<const float> summary) const {
  std::vector<float> code(rank_);
  for (std::size_t i = 0; i < kSummarySize; ++i) {
    for (std::size_t r = 0; r < rank_; ++r) code[r] += summary[i] * encode_[i * rank_ + r];
  }
  std::vector<float> out(2 * kNormChannels);
  for (std::size_t r = 0; r < rank_; ++r) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += code[r] * decode_[r * out.size() + i];
  }
  return out;
}

NormStatistics StatisticsMap::predict(const StatisticsBase& base, std::span<const float> summary) const {
  const auto deviations = deviation(summary);
  NormStatistics statistics;
  for (std::size_t c = 0; c < kNormChannels; ++c) {
    statistics.mean[c] = base[c] + deviations[c];
    const float log_variance = base[kNormChannels + c] + deviations[kNormChannels + c];
    statistics.variance[c] = std::max(0.0F, std::exp(std::min(log_variance, kLargestLog)) - kVarianceFloor);
  }
  return statistics;
}

StatisticsBase StatisticsMap::base_of(const NormStatistics& observed, std::span<const float> summary) const {
  StatisticsBase base = deviation(summary);
  for (std::size_t c = 0; c < kNormChannels; ++c) {
    base[c] = observed.mean[c] - base[c];
    base[kNormChannels + c] = std::log(observed.variance[c] + kVarianceFloor) - base[kNormChannels + c];
  }
  return base;
}

}  // namespace parley::vocoder
