// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace parley::app {

/// A part of a call's time, in seconds.
struct Stretch {
  double begin = 0.0;
  double end = 0.0;
};

/// Cuts the time in which something happens into rows no longer than `longest`, which are to be drawn below each other.
/// A row that would be longer ends in its second half, where it cuts the fewest of `things` in two. Long silence is in
/// no row. At most `most` rows.
std::vector<Stretch> split_into_rows(std::vector<Stretch> things, double longest, std::size_t most);

}  // namespace parley::app
