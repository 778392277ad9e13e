// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>

namespace parley::control {

/// What this process uses of the machine. Its engines' processes are not in it. What the system does not say is 0.
struct ProcessUsage {
  double cpu_seconds = 0.0;  ///< User and system.
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  std::uint64_t threads = 0;
  std::uint64_t open_descriptors = 0;
  std::uint64_t max_descriptors = 0;
  double start_time = 0.0;  ///< Seconds since 1970.
};

/// As the kernel has it now: a few files of /proc.
ProcessUsage process_usage();

}  // namespace parley::control
