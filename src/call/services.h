// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "call/capacity.h"
#include "call/config.h"
#include "call/engines.h"
#include "call/executor.h"
#include "telemetry/health.h"
#include "telemetry/ledger.h"
#include "telemetry/loop_stats.h"

namespace parley::call {

/// What every call is served with. All of it outlives the calls.
struct Services {
  std::shared_ptr<const Engines> engines;
  Executor& executor;
  telemetry::Ledger& ledger;
  telemetry::Health& health;
  telemetry::LoopStats& stats;
  Capacity& capacity;
  const CallConfig& config;
};

}  // namespace parley::call
