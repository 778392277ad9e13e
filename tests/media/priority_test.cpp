// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/priority.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <thread>

#include <gtest/gtest.h>

#include "base/clock.h"

namespace parley::media {
namespace {

/// What holds for the calling thread.
int policy() { return sched_getscheduler(0) & ~SCHED_RESET_ON_FORK; }
int nice_value() { return getpriority(PRIO_PROCESS, 0); }

/// These change a whole process: each has one of its own, which says in its exit status what is wrong.
template <typename Check>
int in_own_process(Check check) {
  const pid_t child = fork();
  if (child == 0) _exit(check());
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int check_threads_do_not_inherit() {
  const ThreadPriority priority = raise_media_priority();
  if (priority == ThreadPriority::kRealTime && policy() != SCHED_RR) return 1;
  if (priority == ThreadPriority::kRaised && nice_value() >= 0) return 2;
  if (priority == ThreadPriority::kOrdinary && policy() != SCHED_OTHER) return 3;
  int inherited = 0;
  std::thread([&] { inherited = policy() != SCHED_OTHER || nice_value() < 0; }).join();
  if (inherited != 0) return 4;
  return in_own_process([] { return policy() != SCHED_OTHER || nice_value() < 0 ? 5 : 0; });
}

TEST(Priority, OfTheMediaThreadIsNotInherited) { EXPECT_EQ(in_own_process(check_threads_do_not_inherit), 0); }

TEST(Priority, OfTheHearingThreadIsNotInheritedEither) {
  EXPECT_EQ(in_own_process([] {
              int wrong = 0;
              std::thread([&] {
                const bool raised = raise_hearing_priority() == ThreadPriority::kRaised;
                if (raised != (nice_value() < 0)) wrong = 1;
                std::thread([&] { wrong = nice_value() < 0 ? 2 : wrong; }).join();
              }).join();
              return nice_value() < 0 ? 3 : wrong;
            }),
            0);
}

TEST(Priority, AMediaThreadThatNeverPausesBecomesAnOrdinaryOne) {
  const int outcome = in_own_process([] {
    constexpr int kSkip = 77;
    if (raise_media_priority() != ThreadPriority::kRealTime) return kSkip;
    const auto give_up = SteadyClock::now() + milliseconds(20 * kMostRealTimeMs);
    while (!real_time_was_lost() && SteadyClock::now() < give_up) {
    }
    return real_time_was_lost() && policy() == SCHED_OTHER ? 0 : 1;
  });
  if (outcome == 77) GTEST_SKIP() << "real-time priority is not granted here";
  EXPECT_EQ(outcome, 0);
}

}  // namespace
}  // namespace parley::media
