// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "app/timeline_marks.h"
#include "app/timeline_rows.h"

namespace parley::app {

/// Where time is on the page. Pixels.
struct TimeScale {
  Stretch row;         ///< Seconds.
  double left = 0.0;   ///< Of the row's beginning.
  double right = 0.0;  ///< Beyond it nothing is drawn, texts included.
  double pixels_per_second = 100.0;
  double grid = 1.0;  ///< Seconds between its lines.

  double x(double seconds) const { return left + (seconds - row.begin) * pixels_per_second; }
};

/// Draws one direction in one row, its upper edge at `y`; appends to `svg` and returns the height. Marks outside the
/// row are left out, those that reach beyond it are cut.
double draw_panel(std::span<const Mark> marks, std::string_view heading, const TimeScale& scale, double y,
                  std::string& svg);

/// Whether the mark has a part in the row.
bool is_in(const Mark& mark, const Stretch& row);

}  // namespace parley::app
