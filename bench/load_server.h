// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "base/clock.h"
#include "load_legs.h"
#include "telemetry/loop_stats.h"
#include "telemetry/utterance_record.h"

namespace parley::bench {

/// What a server saw while all legs were there; what was dropped: from beginning to end.
struct ServerReport {
  double seconds = 0.0;
  std::vector<double> late_ms;  ///< Of every tick: how long after it was due the calls were told of it.
  std::vector<double> work_ms;  ///< And how long they then took.
  std::uint64_t ticks_skipped = 0;
  double cpu_percent = 0.0;        ///< Of one core: the whole process.
  double media_cpu_percent = 0.0;  ///< The media thread alone.
  std::array<std::uint64_t, telemetry::kQueues> dropped{};
  std::array<std::uint32_t, telemetry::kQueues> deepest{};
  std::uint64_t frames_in = 0;
  std::uint64_t frames_out = 0;
  std::array<std::uint64_t, telemetry::kOutcomes> outcomes{};  ///< Of utterances; calls end in the middle of some.
  std::vector<double> response_lag_ms;
  bool real_time = false;  ///< The media thread had real-time priority.
};

/// Serves `legs` phones as parleyd does (the media server, rooms, voice activity detection, interpreters, playout),
/// with quick engines, until they are gone. Measures for `time` from when all have been there for a moment. Says how it
/// goes on every 10 s. The calling thread is the media thread.
ServerReport serve(const std::filesystem::path& socket, std::size_t legs, milliseconds time, Legs& phones);

/// Calls settle so long before they are measured.
inline constexpr milliseconds kSettling{4000};

}  // namespace parley::bench
