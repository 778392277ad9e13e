// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace parley::control {
namespace {

/// Of the system's start, seconds since 1970.
double boot_time() {
  std::ifstream stat("/proc/stat");
  for (std::string line; std::getline(stat, line);)
    if (line.starts_with("btime ")) return std::stod(line.substr(6));
  return 0.0;
}

/// Fields of proc(5)'s stat from the third on, as its second may hold spaces and parentheses.
void read_stat(ProcessUsage& usage) {
  static const double booted = boot_time();
  std::ifstream file("/proc/self/stat");
  std::string line;
  std::getline(file, line);
  const auto end = line.rfind(')');
  if (end == std::string::npos) return;
  std::istringstream fields(line.substr(end + 1));
  std::string skipped;
  for (int field = 3; field < 20; ++field) fields >> skipped;
  double start_ticks = 0.0;
  fields >> usage.threads >> skipped >> start_ticks;
  usage.start_time = booted + start_ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t count_descriptors() {
  std::error_code error;
  std::uint64_t count = 0;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error))
    ++count;
  return count > 0 ? count - 1 : 0;  // One of them was opened to look.
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

ProcessUsage process_usage() {
  ProcessUsage usage;
  read_stat(usage);
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::ifstream("/proc/self/statm") >> usage.virtual_bytes >> usage.resident_bytes;
  usage.virtual_bytes *= page;
  usage.resident_bytes *= page;
  usage.open_descriptors = count_descriptors();
  if (rlimit limit{}; getrlimit(RLIMIT_NOFILE, &limit) == 0) usage.max_descriptors = limit.rlim_cur;
  if (rusage used{}; getrusage(RUSAGE_SELF, &used) == 0)
    usage.cpu_seconds = seconds(used.ru_utime) + seconds(used.ru_stime);
  return usage;
}

}  // namespace parley::control
