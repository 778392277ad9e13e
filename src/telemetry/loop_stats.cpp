// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/loop_stats.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace parley::telemetry {
namespace {

constexpr std::array kQueuesOfTheMediaThread{Queue::kInput, Queue::kRecognition, Queue::kSend};

template <std::size_t Size>
void copy_text(std::string_view text, std::array<char, Size>& out) {
  std::ranges::copy(text.substr(0, Size), out.begin());
}

}  // namespace

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
  if (--ticks_until_published_ == 0) publish_depths();
}

void LoopStats::see_depth(Queue queue, std::size_t depth) {
  std::uint32_t& deepest = deepest_[static_cast<std::size_t>(queue)];
  deepest = std::max(deepest, static_cast<std::uint32_t>(depth));
}

void LoopStats::publish_depths() {
  for (const Queue queue : kQueuesOfTheMediaThread) {
    const auto i = static_cast<std::size_t>(queue);
    depth[i].store(std::exchange(deepest_[i], 0), std::memory_order_relaxed);
  }
  ticks_until_published_ = kDepthTicks;
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

void DropCounter::note(std::uint64_t frames, std::string_view session, std::string_view leg, LoopStats& stats,
                       SteadyClock::time_point now) {
  dropped_ += frames;
  stats.note_dropped(queue_, frames);
  if (now < next_) return;
  LegDrops drops{.queue = queue_, .frames = dropped_ - reported_, .frames_in_all = dropped_};
  copy_text(session, drops.session);
  copy_text(leg, drops.leg);
  stats.report(drops);
  reported_ = dropped_;
  next_ = now + kInterval;
}

}  // namespace parley::telemetry
