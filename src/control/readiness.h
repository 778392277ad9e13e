// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "telemetry/engine_status.h"
#include "telemetry/health.h"

namespace parley::control {

/// Whether calls should be sent to this process.
enum class Ready : std::uint8_t {
  kReady,
  kDegraded,  ///< Calls are carried; some are not translated, or not as well as they should.
  kFailing,   ///< No call can be translated, or none can be carried.
};
inline constexpr std::size_t kReadyStates = 3;

/// "ready", "degraded", "failing".
std::string_view to_string(Ready ready);

struct Readiness {
  Ready state = Ready::kReady;
  std::vector<std::string> reasons;  ///< Sentences without a full stop; none where it is kReady.
};

/// The loop is at a standstill when it was not seen to tick for so long.
inline constexpr milliseconds kStandstill{1000};

/// Failing: the loop stands still; or of one stage no engine is ready and none is in its first start; or a stage or the
/// media component as a whole is failing. Degraded: any engine is not ready, or any component is not well.
/// `stalled`: for how long the loop has not ticked.
Readiness judge(const telemetry::Health::Snapshot& health, std::span<const telemetry::EngineStatus> engines,
                milliseconds stalled);

}  // namespace parley::control
