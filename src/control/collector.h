// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "control/http_counts.h"
#include "control/loop_watch.h"
#include "control/sources.h"

namespace parley::control {

/// Everything that /metrics has (docs/metrics.md lists it), made from snapshots when it is asked for, so that the rooms
/// which count know nothing of Prometheus. Every family is there from the beginning, some without values yet. The
/// server's thread.
class Collector : public prometheus::Collectable {
 public:
  /// All references outlive it.
  Collector(const Sources& sources, const LoopWatch& watch, const HttpCounts& http)
      : sources_(sources), watch_(watch), http_(http) {}

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const Sources& sources_;
  const LoopWatch& watch_;
  const HttpCounts& http_;
};

/// In Prometheus' text format, version 0.0.4.
std::string to_text(const std::vector<prometheus::MetricFamily>& families);

}  // namespace parley::control
