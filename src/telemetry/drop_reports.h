// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "telemetry/health.h"
#include "telemetry/loop_stats.h"

namespace parley::telemetry {

/// Tells `health` which legs dropped frames since the last time: an event for each leg and queue, at most one a second.
/// Every few seconds, from one thread that is not the media thread.
void report_drops(LoopStats& stats, Health& health);

}  // namespace parley::telemetry
