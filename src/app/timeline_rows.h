// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace parley::app {

/// A part of a call's time, in seconds.
struct Stretch {
  double begin = 0.0;
  double end = 0.0;
};

/// Cuts the time in which something happens into rows no longer than `longest`, which are to be drawn below each other:
/// where nothing happens if there is such a place in a row's second half, otherwise where the row is full. Long silence
/// is in no row. At most `most` rows.
std::vector<Stretch> split_into_rows(std::vector<Stretch> busy, double longest, std::size_t most);

}  // namespace parley::app
