// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/engine_status.h"

namespace parley::telemetry {

std::string_view to_string(EngineState state) {
  switch (state) {
    case EngineState::kStarting: return "starting";
    case EngineState::kReady: return "ready";
    case EngineState::kRestarting: return "restarting";
    case EngineState::kFailed: return "failed";
  }
  return {};
}

}  // namespace parley::telemetry
