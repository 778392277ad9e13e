// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/clock.h"
#include "telemetry/health.h"
#include "workers/cpu_time.h"

namespace parley::workers {

/// A process that has ended, or was ended and soon will have.
struct Grave {
  pid_t pid = -1;
  std::string cause;        ///< Empty: it is asked how it ended.
  std::string who;          ///< "process 12", "its spare, process 13".
  std::string consequence;  ///< "; its spare took over".
  telemetry::Status status = telemetry::Status::kOk;
  SteadyClock::time_point since = SteadyClock::now();
};

/// Children that are to be waited for, each by its pid, without waiting. Guarded by its pool's mutex.
class Graveyard {
 public:
  void add(Grave grave) { open_.push_back(std::move(grave)); }
  bool empty() const { return open_.empty(); }

  /// Those that have ended since, each with a cause. One that does not end within a second (the kernel holds it) is
  /// told too, and waited for on.
  std::vector<Grave> bury();

  /// Of all that were buried.
  CpuTime cpu_time() const { return cpu_time_; }

 private:
  std::vector<Grave> open_;
  CpuTime cpu_time_{};
};

}  // namespace parley::workers
