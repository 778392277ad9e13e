// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace parley::telemetry {

/// What an engine's process is doing.
enum class EngineState : std::uint8_t {
  kStarting,  ///< For the first time: it loads its model.
  kReady,
  kRestarting,  ///< It died or was ended, and the next is not ready.
  kFailed,      ///< It died again and again; it is tried again ever more rarely.
};

/// "starting", "ready", "restarting", "failed".
std::string_view to_string(EngineState state);

/// An engine as somebody who looks at the running daemon sees it.
struct EngineStatus {
  std::string name;  ///< Stage and engine: "recognition:moonshine", "translation:marian", "synthesis:kokoro".
  EngineState state = EngineState::kStarting;
  std::string reason;              ///< Why it is not ready; empty when it is.
  std::vector<int> processes;      ///< The one that works first, then the one that stands by. Empty: inside parleyd.
  std::uint64_t restarts = 0;      ///< Processes that died or were ended.
  double cpu_seconds = 0.0;        ///< Of all its processes since parleyd began.
  std::uint64_t memory_bytes = 0;  ///< Resident, of all its processes.
};

}  // namespace parley::telemetry
