// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline_rows.h"

#include <algorithm>

namespace parley::app {
namespace {

constexpr double kLongSilence = 6.0;

class Rows {
 public:
  Rows(std::vector<Stretch> things, double longest) : things_(std::move(things)), longest_(longest) {
    std::ranges::sort(things_, {}, &Stretch::begin);
    for (const Stretch& thing : things_) ends_.push_back(thing.end);
    std::ranges::sort(ends_);
  }

  /// The next row; false when everything is in one.
  bool next(Stretch& row) {
    // What was begun in an earlier row and goes on in this one stays.
    while (first_ < things_.size() && things_[first_].end <= done_) ++first_;
    if (first_ == things_.size()) return false;
    row.begin = std::max(done_, things_[first_].begin);
    const double limit = row.begin + longest_;
    row.end = row.begin;
    for (std::size_t i = first_; i < things_.size() && things_[i].begin < limit; ++i) {
      if (things_[i].begin - row.end >= kLongSilence) break;
      row.end = std::max(row.end, things_[i].end);
    }
    if (row.end > limit) row.end = best_cut(row.begin, limit);
    done_ = row.end;
    return true;
  }

 private:
  /// Only where something ends fewer things are cut than before.
  double best_cut(double begin, double limit) const {
    double best = limit;
    auto fewest = cut_at(limit);
    for (auto at = std::ranges::lower_bound(ends_, begin + longest_ / 2); at != ends_.end() && *at <= limit; ++at) {
      if (const auto cut = cut_at(*at); cut <= fewest) {
        best = *at;
        fewest = cut;
      }
    }
    return best;
  }

  /// How many have begun and not ended.
  std::ptrdiff_t cut_at(double at) const {
    const auto begun = std::ranges::lower_bound(things_, at, {}, &Stretch::begin) - things_.begin();
    return begun - (std::ranges::upper_bound(ends_, at) - ends_.begin());
  }

  std::vector<Stretch> things_;  ///< By their beginnings.
  std::vector<double> ends_;     ///< In order.
  const double longest_;
  std::size_t first_ = 0;
  double done_ = -1.0;
};

}  // namespace

std::vector<Stretch> split_into_rows(std::vector<Stretch> things, double longest, std::size_t most) {
  Rows cutter(std::move(things), longest);
  std::vector<Stretch> rows;
  for (Stretch row; rows.size() < most && cutter.next(row);) rows.push_back(row);
  return rows;
}

}  // namespace parley::app
