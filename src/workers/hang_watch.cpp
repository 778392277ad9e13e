// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/hang_watch.h"

#include <algorithm>

#include <fmt/format.h>

namespace parley::workers {
namespace {

// What a thread's time is told in. Less in half of a limit is less than a core shared with twenty others gives.
constexpr CpuTime kSome = std::chrono::milliseconds(10);
// Beside another request that works, a thread may wait for it (a lock, its turn).
constexpr int kPatienceBesideOthers = 2;
constexpr int kRunaway = 2;

double seconds(auto duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

bool HangWatch::advances(const Sight& sight) const {
  if (sight.request && sight.request->wants_to_go) return true;
  if (sight.process - advanced_.process < kSome) return false;
  return !sight.request || !request_ || sight.request->time - *request_ >= kSome;
}

/// Its own thread's time, where that is known: others may measure voices beside it.
bool HangWatch::runs_in_circles(const Sight& sight) const {
  const CpuTime most = std::max(kRunaway * limits_.usual, limits_.runaway);
  if (sight.request && request_first_) return sight.request->time - *request_first_ > most;
  const int at_once = static_cast<int>(std::max<std::size_t>(sight.requests, 1)) * limits_.threads;
  return sight.process - mark_.process > most * at_once;
}

std::optional<std::string> HangWatch::look(const Sight& sight) {
  const auto own = sight.request ? std::optional(sight.request->time) : std::nullopt;
  if (!request_first_) request_first_ = own;
  const bool others_work = sight.requests > 1 && sight.process - advanced_.process >= kSome;
  if (advances(sight)) {
    advanced_ = {sight.now, sight.process};
    request_ = own;
  } else if (!request_) {
    request_ = own;
  }
  if (sight.now - begin_ >= limits_.absolute)
    return fmt::format("a request took more than {:.1f} s", seconds(limits_.absolute));
  if (sight.now - mark_.time < limits_.usual) return std::nullopt;
  const auto idle = sight.now - advanced_.time;
  if (idle >= (others_work ? kPatienceBesideOthers * limits_.usual : limits_.usual / 2))
    return fmt::format("it does nothing: a request waits for {:.1f} s", seconds(sight.now - mark_.time));
  if (runs_in_circles(sight))
    return fmt::format("it runs in circles: {:.1f} s of processor time since a request began",
                       seconds(sight.process - mark_.process));
  return std::nullopt;
}

void HangWatch::progressed(Time now, CpuTime process) {
  mark_ = advanced_ = {now, process};
  request_.reset();
  request_first_.reset();
}

void HangWatch::excuse(SteadyClock::duration away) {
  begin_ += away;
  mark_.time += away;
  advanced_.time += away;
}

}  // namespace parley::workers
