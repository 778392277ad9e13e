// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/cpu_time.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

#include <fmt/format.h>

namespace parley::workers {
namespace {

constexpr std::string_view kMark = "request #";  // A thread's name has 15 bytes: six digits are left.
constexpr std::uint64_t kNumbers = 1'000'000;

std::string first_line(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

std::optional<std::uint64_t> request_of(std::string_view thread_name) {
  if (!thread_name.starts_with(kMark)) return std::nullopt;
  thread_name.remove_prefix(kMark.size());
  std::uint64_t number = 0;
  const auto end = std::from_chars(thread_name.data(), thread_name.data() + thread_name.size(), number).ptr;
  if (end != thread_name.data() + thread_name.size()) return std::nullopt;
  return number;
}

/// Of a line of /proc/…/stat, see proc_pid_stat(5): fields 3, 14 and 15, counted behind the name, which may hold
/// anything.
std::optional<ThreadUse> use_in(const std::string& stat) {
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(stat.substr(name_end + 1));
  std::string state;
  rest >> state;
  std::string skipped;
  for (int field = 4; field < 14; ++field) rest >> skipped;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  if (!(rest >> user >> system)) return std::nullopt;
  static const auto ticks = static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
  return ThreadUse{.time = CpuTime((user + system) * (1'000'000'000 / ticks)),
                   .wants_to_go = state == "R" || state == "D"};
}

}  // namespace

std::uint64_t thread_number(std::uint64_t request) { return request % kNumbers; }

CpuTime cpu_time_of(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return {};
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void name_thread_after(std::uint64_t request) {
  const std::string name = request == 0 ? "idle" : fmt::format("{}{}", kMark, thread_number(request));
  prctl(PR_SET_NAME, name.c_str());
}

std::map<std::uint64_t, ThreadUse> threads_by_request(pid_t pid) {
  std::map<std::uint64_t, ThreadUse> threads;
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
    const auto request = request_of(first_line(thread.path() / "comm"));
    if (!request) continue;
    if (const auto use = use_in(first_line(thread.path() / "stat"))) threads[*request] = *use;
  }
  return threads;
}

bool is_dying(pid_t pid) {
  const auto stat = first_line(fmt::format("/proc/{}/stat", pid));
  const auto name_end = stat.rfind(") ");
  if (name_end == std::string::npos || name_end + 2 >= stat.size()) return false;
  const char state = stat[name_end + 2];
  return state == 'Z' || state == 'X';
}

void raise_priority(pid_t pid) {
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid), error)) {
    const auto id = std::strtoul(thread.path().filename().c_str(), nullptr, 10);
    setpriority(PRIO_PROCESS, static_cast<id_t>(id), 0);
  }
}

std::uint64_t resident_memory_of(pid_t pid) {
  std::ifstream in(fmt::format("/proc/{}/statm", pid));
  std::uint64_t pages = 0;
  if (!(in >> pages >> pages)) return 0;
  return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace parley::workers
