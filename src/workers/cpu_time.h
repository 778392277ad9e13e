// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

namespace parley::workers {

using CpuTime = std::chrono::nanoseconds;

/// What all threads of a child used so far; zero when it cannot be told.
CpuTime cpu_time_of(pid_t pid);

/// Names the calling thread after the request it works for, for cpu_times_by_request() and whoever looks with top;
/// 0: it has none.
void name_thread_after(std::uint64_t request);

/// The number that such a name holds: names are short.
std::uint64_t thread_number(std::uint64_t request);

/// What is seen of a thread that works for a request.
struct ThreadUse {
  CpuTime time{};            ///< Used since the thread began, to 10 ms.
  bool wants_to_go = false;  ///< It runs, or waits for a core or a disk and for nothing else.
};

/// By thread_number(): each thread named after a request. Those that can be read.
std::map<std::uint64_t, ThreadUse> threads_by_request(pid_t pid);

/// Whether the child has begun to die: its first thread is gone. Its connection ends with its last thread, and one of
/// low priority may take seconds to get as far on a busy machine.
bool is_dying(pid_t pid);

/// Gives all threads of a child the usual priority, where that is permitted (root; systemd's LimitNICE=+0).
void raise_priority(pid_t pid);

/// Bytes of its memory that are in RAM, shared ones counted too; zero when it cannot be told.
std::uint64_t resident_memory_of(pid_t pid);

}  // namespace parley::workers
