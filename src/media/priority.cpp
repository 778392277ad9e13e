// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>

#include <spdlog/spdlog.h>

namespace parley::media {
namespace {

constexpr int kMediaNice = -15;
constexpr int kHearingNice = -10;

std::atomic<pid_t> real_time_thread{0};
std::atomic<bool> lost{false};
static_assert(std::atomic<pid_t>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);

extern "C" void on_real_time_used_up(int) {
  const int error = errno;
  const sched_param ordinary{};
  // The signal is the process's and comes to any thread.
  if (const pid_t thread = real_time_thread; thread != 0) {
    sched_setscheduler(thread, SCHED_OTHER | SCHED_RESET_ON_FORK, &ordinary);
    lost = true;
  }
  errno = error;
}

/// False where the system has no way to end a real-time thread that does not pause.
bool limit_real_time() {
  struct sigaction action {};
  action.sa_handler = on_real_time_used_up;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  rlimit limit{};
  if (sigaction(SIGXCPU, &action, nullptr) != 0 || getrlimit(RLIMIT_RTTIME, &limit) != 0) return false;
  // The hard limit stays: beyond it the system kills, and who set one meant it.
  const rlim_t most = rlim_t{kMostRealTimeMs} * 1000;
  limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? most : std::min(most, limit.rlim_max);
  return setrlimit(RLIMIT_RTTIME, &limit) == 0;
}

bool become_real_time() {
  real_time_thread = gettid();
  if (!limit_real_time()) return false;
  sched_param lowest{};
  lowest.sched_priority = sched_get_priority_min(SCHED_RR);
  if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest) == 0) return true;
  real_time_thread = 0;
  return false;
}

bool become_nicer(int nice) {
  const sched_param ordinary{};
  if (getpriority(PRIO_PROCESS, 0) <= nice) return true;
  if (setpriority(PRIO_PROCESS, 0, nice) != 0) return false;  // Linux: of this thread.
  sched_setscheduler(0, SCHED_OTHER | SCHED_RESET_ON_FORK, &ordinary);
  return true;
}

}  // namespace

std::string_view to_string(ThreadPriority priority) {
  switch (priority) {
    case ThreadPriority::kRealTime: return "real-time";
    case ThreadPriority::kRaised: return "raised";
    case ThreadPriority::kOrdinary: return "ordinary";
  }
  return {};
}

ThreadPriority raise_media_priority() {
  if (become_real_time()) {
    spdlog::info("the media thread has real-time priority");
    return ThreadPriority::kRealTime;
  }
  constexpr std::string_view kAdvice =
      "grant real-time priority 1 (systemd: LimitRTPRIO=1; limits.conf: rtprio 1; or CAP_SYS_NICE), so that "
      "sound stays even while every core is busy";
  if (become_nicer(kMediaNice)) {
    spdlog::warn("the media thread has no real-time priority, only a raised one: {}", kAdvice);
    return ThreadPriority::kRaised;
  }
  spdlog::warn("the media thread has no more than ordinary priority: {}", kAdvice);
  return ThreadPriority::kOrdinary;
}

ThreadPriority raise_hearing_priority() {
  if (become_nicer(kHearingNice)) return ThreadPriority::kRaised;
  spdlog::info("the hearing thread has ordinary priority: grant nice {} (systemd: LimitNICE={}; or CAP_SYS_NICE)",
               kHearingNice, kHearingNice);
  return ThreadPriority::kOrdinary;
}

bool real_time_was_lost() { return lost; }

}  // namespace parley::media
