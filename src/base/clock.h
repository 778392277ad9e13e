// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>

namespace parley {

using std::chrono::milliseconds;

/// Wall time that only goes forward; what stages are timed with.
using SteadyClock = std::chrono::steady_clock;

/// Fractional milliseconds, for reports.
using MillisF = std::chrono::duration<double, std::milli>;

/// The media clock: one tick is one 20 ms frame. Everything that happens to audio is dated in it, so that a call's
/// times can be compared with its recordings.
inline constexpr milliseconds kFrameTime{20};

inline double elapsed_ms(SteadyClock::time_point since) { return MillisF(SteadyClock::now() - since).count(); }

}  // namespace parley
