// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/families.h"

#include "base/utf8.h"

namespace parley::control {

Labels labels(std::initializer_list<std::pair<const char*, std::string_view>> pairs) {
  Labels result;
  for (const auto& [name, value] : pairs) result.push_back({name, encode_utf8(decode_utf8(value))});
  return result;
}

void Families::begin(std::string name, std::string help, prometheus::MetricType type) {
  families_.push_back({.name = std::move(name), .help = std::move(help), .type = type, .metric = {}});
}

void Families::add(double value, Labels with) {
  prometheus::ClientMetric metric;
  metric.label = std::move(with);
  metric.counter.value = value;
  metric.gauge.value = value;
  families_.back().metric.push_back(std::move(metric));
}

void Families::add_state(std::span<const std::string_view> states, std::string_view now, const char* label,
                         const Labels& with) {
  for (const std::string_view state : states) {
    Labels all = with;
    all.push_back({label, std::string(state)});
    add(state == now ? 1.0 : 0.0, std::move(all));
  }
}

void Families::add_histogram(std::span<const double> bounds, std::span<const std::uint64_t> counts, double sum,
                             Labels with) {
  prometheus::ClientMetric metric;
  metric.label = std::move(with);
  metric.histogram.sample_sum = sum;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < bounds.size(); ++i) {
    below += counts[i];
    metric.histogram.bucket.push_back({.cumulative_count = below, .upper_bound = bounds[i]});
  }
  metric.histogram.sample_count = below + counts.back();
  families_.back().metric.push_back(std::move(metric));
}

}  // namespace parley::control
