// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <prometheus/metric_family.h>

#include "control/loop_watch.h"
#include "control/readiness.h"
#include "control/sources.h"

namespace parley::control {

/// /health/report: exactly chain_latency_ms, asr_to_tts_gap_ms, active_sessions, frames_per_sec, error_rate_pct.
std::vector<prometheus::MetricFamily> health_report(const Sources& sources, const LoopWatch& watch);

/// /health: a JSON object, readable as it is.
struct HealthAnswer {
  Ready ready = Ready::kReady;
  std::string json;
};
HealthAnswer health_answer(const Sources& sources, const LoopWatch& watch);

}  // namespace parley::control
