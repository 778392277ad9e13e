// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline_rows.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace parley::app {
namespace {

constexpr double kLongSilence = 6.0;

/// Stretches in order that neither overlap nor touch.
std::vector<Stretch> merged(std::vector<Stretch> stretches) {
  std::ranges::sort(stretches, {}, &Stretch::begin);
  std::vector<Stretch> result;
  for (const Stretch& next : stretches) {
    if (!result.empty() && next.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, next.end);
    } else {
      result.push_back(next);
    }
  }
  return result;
}

}  // namespace

std::vector<Stretch> split_into_rows(std::vector<Stretch> busy, double longest, std::size_t most) {
  const auto stretches = merged(std::move(busy));
  std::vector<Stretch> rows;
  std::size_t next = 0;
  double begin = stretches.empty() ? 0.0 : stretches[0].begin;
  while (next < stretches.size() && rows.size() < most) {
    const double limit = begin + longest;
    std::size_t last = next;
    while (last + 1 < stretches.size() && stretches[last + 1].end <= limit &&
           stretches[last + 1].begin - stretches[last].end < kLongSilence)
      ++last;
    const bool fits = stretches[last].end <= limit;
    const bool more_than_half = stretches[last].end > begin + longest / 2 || last + 1 == stretches.size() ||
                                stretches[last + 1].begin - stretches[last].end >= kLongSilence;
    if (fits && more_than_half) {
      rows.push_back({begin, stretches[last].end});
      next = last + 1;
      if (next < stretches.size()) begin = stretches[next].begin;
    } else {
      rows.push_back({begin, limit});
      begin = limit;
      while (next < stretches.size() && stretches[next].end <= limit) ++next;
      if (next < stretches.size()) begin = std::max(begin, stretches[next].begin);
    }
  }
  return rows;
}

}  // namespace parley::app
