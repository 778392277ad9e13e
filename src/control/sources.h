// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "telemetry/engine_status.h"
#include "telemetry/health.h"
#include "telemetry/histograms.h"
#include "telemetry/loop_stats.h"
#include "telemetry/ring.h"

namespace parley::control {

/// How much this machine translates at once.
struct Admission {
  int calls = 0;                  ///< Being translated.
  int limit = 0;                  ///< The most; further ones hear original voices.
  double cores_per_talker = 0.0;  ///< What one who speaks costs.
};

/// What the HTTP server tells about. All references outlive it; what they refer to may change meanwhile, for they are
/// read in its own thread.
struct Sources {
  const telemetry::Health& health;
  const telemetry::Histograms& histograms;
  const telemetry::Ring& ring;
  const telemetry::LoopStats& loop;
  /// Called in the server's thread, for every answer: quick, and safe beside whoever changes the engines.
  std::function<std::vector<telemetry::EngineStatus>()> engines;
  std::string version;                                 ///< Of the program: "0.1.0".
  SteadyClock::time_point began = SteadyClock::now();  ///< When the program did.
  std::function<Admission()> admission = {};           ///< As `engines`; without it nothing is told of it.
};

}  // namespace parley::control
