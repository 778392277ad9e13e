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
  if (sight.process - advanced_.process < kSome) return false;
  return !sight.request || !request_ || *sight.request - *request_ >= kSome;
}

std::optional<std::string> HangWatch::look(const Sight& sight) {
  const bool others_work = sight.requests > 1 && sight.process - advanced_.process >= kSome;
  if (advances(sight)) {
    advanced_ = {sight.now, sight.process};
    request_ = sight.request;
  } else if (!request_) {
    request_ = sight.request;
  }
  if (sight.now - begin_ >= limits_.absolute)
    return fmt::format("a request took more than {:.1f} s", seconds(limits_.absolute));
  if (sight.now - mark_.time < limits_.usual) return std::nullopt;
  const auto idle = sight.now - advanced_.time;
  if (idle >= (others_work ? kPatienceBesideOthers * limits_.usual : limits_.usual / 2))
    return fmt::format("it does nothing: a request waits for {:.1f} s", seconds(sight.now - mark_.time));
  const auto used = sight.process - mark_.process;
  if (used > kRunaway * limits_.usual * static_cast<int>(std::max<std::size_t>(sight.requests, 1)) * limits_.threads)
    return fmt::format("it runs in circles: {:.1f} s of processor time went into a request", seconds(used));
  return std::nullopt;
}

void HangWatch::progressed(Time now, CpuTime process) {
  mark_ = advanced_ = {now, process};
  request_.reset();
}

void HangWatch::excuse(SteadyClock::duration away) {
  begin_ += away;
  mark_.time += away;
  advanced_.time += away;
}

}  // namespace parley::workers
