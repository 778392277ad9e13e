// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.h"
#include "workers/cpu_time.h"

namespace parley::workers {

/// Tells a process that hangs from one that is slow because the machine is busy. A request that is over its limit hangs
/// when its thread used next to no processor time lately and did not wait for a core either (it is stopped, or waits
/// for what does not come), or when far more was used than it could need (it runs in circles). Otherwise it goes on,
/// until the absolute limit. Knows no processes and no clocks: who uses it looks at them.
class HangWatch {
 public:
  using Time = SteadyClock::time_point;

  struct Limits {
    milliseconds usual;
    milliseconds absolute;
    milliseconds runaway{0};  ///< Processor time that is not too much yet, whatever the usual limit is.
    int threads = 1;          ///< The most that the engine uses for one request.
  };

  /// What is seen of the process at one moment.
  struct Sight {
    Time now;
    CpuTime process{};                 ///< Used by all its threads.
    std::optional<ThreadUse> request;  ///< Of the request's own thread, where that is known.
    std::size_t requests = 1;          ///< That it works on.
  };

  HangWatch(Limits limits, Time begin, CpuTime process) : limits_(limits), begin_(begin), mark_{begin, process} {
    advanced_ = mark_;
  }

  /// Why the request hangs, or nothing. To be asked every some 50 ms from half of the limit on.
  std::optional<std::string> look(const Sight& sight);

  /// From when on look() has to be asked.
  Time worth_a_look() const { return std::min(mark_.time + limits_.usual / 2, begin_ + limits_.absolute); }

  /// A part of the answer came: its limit begins anew.
  void progressed(Time now, CpuTime process);

  /// Whoever looks was away for so long (stopped, or the whole machine was): that time does not count.
  void excuse(SteadyClock::duration away);

 private:
  struct Mark {
    Time time;
    CpuTime process{};
  };

  bool advances(const Sight& sight) const;
  bool runs_in_circles(const Sight& sight) const;

  const Limits limits_;
  Time begin_;
  Mark mark_;                             ///< Where the limit begins.
  Mark advanced_;                         ///< When it was last seen to have used some time.
  std::optional<CpuTime> request_;        ///< What its thread had used then,
  std::optional<CpuTime> request_first_;  ///< and when it was seen first.
};

}  // namespace parley::workers
