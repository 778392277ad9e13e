// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/loop_stats.h"

#include <algorithm>
#include <numeric>

namespace parley::telemetry {

std::string_view to_string(Queue queue) {
  switch (queue) {
    case Queue::kInput: return "input";
    case Queue::kRecognition: return "recognition";
    case Queue::kTranslation: return "translation";
    case Queue::kSynthesis: return "synthesis";
    case Queue::kPlayback: return "playback";
    case Queue::kSend: return "send";
  }
  return {};
}

void LoopStats::note_tick(double late_ms) {
  const auto bound = std::ranges::lower_bound(kLateBounds, late_ms);
  late_[static_cast<std::size_t>(bound - kLateBounds.begin())].fetch_add(1, std::memory_order_relaxed);
  // One thread writes: no sum is lost.
  late_sum_.store(late_sum_.load(std::memory_order_relaxed) + late_ms, std::memory_order_relaxed);
  latest_.store(std::max(latest_.load(std::memory_order_relaxed), late_ms), std::memory_order_relaxed);
}

std::array<std::uint64_t, LoopStats::kLateBounds.size() + 1> LoopStats::late_ticks() const {
  std::array<std::uint64_t, kLateBounds.size() + 1> counts{};
  std::ranges::transform(late_, counts.begin(), [](const Counter& count) { return count.load(); });
  return counts;
}

std::uint64_t LoopStats::ticks() const {
  const auto counts = late_ticks();
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

double LoopStats::late_sum_ms() const { return late_sum_.load(std::memory_order_relaxed); }
double LoopStats::latest_ms() const { return latest_.load(std::memory_order_relaxed); }

}  // namespace parley::telemetry
