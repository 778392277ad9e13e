// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/histogram.h"

#include <algorithm>

namespace parley::telemetry {

Histogram::Histogram(std::span<const double> bounds)
    : bounds_(bounds.begin(), bounds.end()), buckets_(bounds.size() + 1) {}

void Histogram::observe(double value) {
  const auto bucket = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  ++buckets_[static_cast<std::size_t>(bucket)];
  largest_ = count_ == 0 ? value : std::max(largest_, value);
  ++count_;
  sum_ += value;
}

double Histogram::quantile(double q) const {
  if (count_ == 0) return 0.0;
  const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(count_);
  double below = 0.0;
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    const auto here = static_cast<double>(buckets_[i]);
    if (here > 0.0 && below + here >= rank) {
      const double low = i == 0 ? std::min(0.0, bounds_[0]) : bounds_[i - 1];
      const double high = std::min(bounds_[i], std::max(largest_, low));
      return low + (high - low) * (rank - below) / here;
    }
    below += here;
  }
  return largest_;
}

}  // namespace parley::telemetry
