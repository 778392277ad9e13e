// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::media {

/// How the system's scheduler treats a thread.
enum class ThreadPriority : std::uint8_t {
  kRealTime,  ///< Before every ordinary thread.
  kRaised,    ///< A negative nice value: a larger share.
  kOrdinary,  ///< The system allows no more.
};

/// "real-time", "raised", "ordinary".
std::string_view to_string(ThreadPriority priority);

/// So long a real-time thread may compute without a pause; then it becomes an ordinary one, so that a loop without an
/// end does not take the machine away. (A tick takes milliseconds.)
inline constexpr int kMostRealTimeMs = 500;

/// Gives the calling thread, which must be the media thread, the precedence that keeps 20 ms 20 ms while inference uses
/// every core: the lowest real-time priority (SCHED_RR 1), else a negative nice value, else what it has. Logs which,
/// and what to grant. Threads and processes that it starts later do not inherit it. Takes the process's SIGXCPU and
/// RLIMIT_RTTIME for kMostRealTimeMs. Once a process.
ThreadPriority raise_media_priority();

/// Gives the calling thread, which must be a hearing thread, a negative nice value where that is allowed; not inherited
/// either. Logs only that it is not.
ThreadPriority raise_hearing_priority();

/// Whether the media thread has lost its real-time priority because it computed for too long. Any thread.
bool real_time_was_lost();

}  // namespace parley::media
