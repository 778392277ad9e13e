// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace parley::telemetry {

/// Counts of values in fixed buckets, as Prometheus has them.
class Histogram {
 public:
  /// `bounds`: upper ends of the buckets, inclusive, ascending, at least one; beyond the last is one bucket more.
  explicit Histogram(std::span<const double> bounds);

  void observe(double value);

  std::uint64_t count() const { return count_; }
  double sum() const { return sum_; }
  std::span<const double> bounds() const { return bounds_; }

  /// Of each bucket alone, not cumulated: one more than there are bounds.
  std::span<const std::uint64_t> buckets() const { return buckets_; }

  /// Estimate of the q-quantile, 0…1: linear within its bucket, whose lower end is 0 for the first; what lies beyond
  /// the last bound counts as the largest value seen. 0 where nothing was observed. As Prometheus'
  /// histogram_quantile().
  double quantile(double q) const;

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> buckets_;
  std::uint64_t count_ = 0;
  double sum_ = 0.0;
  double largest_ = 0.0;
};

}  // namespace parley::telemetry
