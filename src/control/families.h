// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

#include "telemetry/histogram.h"

namespace parley::control {

/// Label values may come from outside: what is no UTF-8 in them would make Prometheus refuse everything.
std::vector<prometheus::ClientMetric::Label> labels(
    std::initializer_list<std::pair<const char*, std::string_view>> pairs);

using Labels = std::vector<prometheus::ClientMetric::Label>;

/// Metric families in the order in which they were begun: a family, then its values.
class Families {
 public:
  void counter(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Counter);
  }
  void gauge(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Gauge);
  }
  void histogram(std::string name, std::string help) {
    begin(std::move(name), std::move(help), prometheus::MetricType::Histogram);
  }

  /// A value of the family begun last, which is a counter or a gauge.
  void add(double value, Labels with = {});

  /// One gauge for each of the states, 1 for the one that holds and 0 for the others; `with` and a label of this name
  /// say which it is.
  void add_state(std::span<const std::string_view> states, std::string_view now, const char* label, const Labels& with);

  /// `bounds`: upper ends of buckets; `counts`: of each bucket alone, one more than there are bounds.
  void add_histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                     Labels with = {});

  std::vector<prometheus::MetricFamily> take() { return std::move(families_); }

 private:
  void begin(std::string name, std::string help, prometheus::MetricType type);

  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace parley::control
