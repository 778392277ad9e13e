// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/graveyard.h"

#include <sys/resource.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

namespace parley::workers {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 1s;

CpuTime time_of(const timeval& value) {
  return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const char* name = sigabbrev_np(WTERMSIG(status));
    return fmt::format("died of SIG{}", name != nullptr ? name : std::to_string(WTERMSIG(status)));
  }
  return fmt::format("ended with status {}", WEXITSTATUS(status));
}

}  // namespace

std::vector<Grave> Graveyard::bury() {
  std::vector<Grave> ended;
  std::erase_if(open_, [&](Grave& grave) {
    int status = 0;
    rusage usage{};
    const pid_t pid = wait4(grave.pid, &status, WNOHANG, &usage);
    const bool gone = pid == grave.pid || (pid < 0 && errno == ECHILD);
    if (pid == grave.pid) cpu_time_ += time_of(usage.ru_utime) + time_of(usage.ru_stime);
    const bool told = grave.who.empty();
    if (told || (!gone && SteadyClock::now() - grave.since < kPatience)) return gone;
    if (grave.cause.empty()) grave.cause = gone ? how_it_ended(status) : "went away, but does not end";
    ended.push_back(grave);
    grave.who.clear();
    return gone;
  });
  return ended;
}

}  // namespace parley::workers
