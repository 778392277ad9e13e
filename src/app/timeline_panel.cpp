// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline_panel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <vector>

#include <fmt/format.h>

#include "app/svg_text.h"

namespace parley::app {
namespace {

struct LaneLayout {
  std::string_view name;
  double height = 0.0;  ///< Of one level.
  double bar = 0.0;
  double font = 0.0;       ///< 0: no labels.
  std::size_t levels = 1;  ///< At most so many below each other, so that labels do not meet.
  bool optional = false;   ///< Only there when something is in it.
};

constexpr std::array<LaneLayout, kLanes> kLayouts = {{{"speech", 24, 20, 12, 1},
                                                      {"recognition", 17, 13, 10, 1},
                                                      {"translation", 12, 7, 0, 1},
                                                      {"commits", 16, 13, 11, 3, true},
                                                      {"synthesis", 13, 8, 0, 1},
                                                      {"pause", 17, 12, 11.5, 3},
                                                      {"heard", 24, 20, 12, 1},
                                                      {"tempo", 13, 10, 10, 1, true}}};
constexpr double kHeading = 18.0;
constexpr double kPadding = 6.0;
constexpr double kThinnest = 1.5;
constexpr double kBarGap = 1.0;  // Between bars that follow each other.
constexpr double kLabelGap = 5.0;
constexpr double kLongestLabel = 460.0;
constexpr double kScaleForPartials = 200.0;  // Pixels a second.

struct Placed {
  const Mark* mark = nullptr;
  std::string_view label;
  bool resumed = false;  ///< It began in an earlier row.
  double x0 = 0.0;       ///< Left and right end, cut to the row.
  double x1 = 0.0;
  double label_x = 0.0;
  double room = 0.0;  ///< For the label.
  std::size_t level = 0;
};

double label_width(const Placed& placed, const LaneLayout& layout) {
  return layout.font == 0.0 ? 0.0 : text_width(placed.label, layout.font);
}

Placed place(const Mark& mark, const TimeScale& scale) {
  const auto cut = [&](double time) { return scale.x(std::clamp(time, scale.row.begin, scale.row.end)); };
  Placed placed{.mark = &mark,
                .label = mark.label,
                .x0 = cut(std::min(mark.begin, mark.end)),
                .x1 = cut(std::max(mark.begin, mark.end))};
  placed.resumed = mark.shape == Mark::Shape::kBar && mark.begin < scale.row.begin;
  const bool behind = mark.shape == Mark::Shape::kArrow || mark.shape == Mark::Shape::kBlock;
  placed.label_x = (behind ? placed.x1 : placed.x0) + (mark.shape == Mark::Shape::kTick ? 1.6 : 1.0) * kLabelGap;
  return placed;
}

/// Gives each mark the first level on which nothing reaches to it, or the one with the most room.
void choose_levels(std::vector<Placed>& placed, const LaneLayout& layout) {
  std::vector<double> taken(layout.levels, -1e9);
  for (Placed& each : placed) {
    const auto free = std::ranges::find_if(taken, [&](double x) { return x <= each.x0; });
    const auto level = free != taken.end() ? free : std::ranges::min_element(taken);
    each.level = static_cast<std::size_t>(level - taken.begin());
    *level = std::max(each.x1, each.label_x + std::min(label_width(each, layout), kLongestLabel) + 2 * kLabelGap);
  }
}

/// A label reaches to the next one on its level, or to the edge of the page.
void give_room(std::vector<Placed>& placed, const LaneLayout& layout, double right) {
  std::vector<double> next(layout.levels, right);
  for (auto each = placed.rbegin(); each != placed.rend(); ++each) {
    each->room = std::max(0.0, next[each->level] - each->label_x - kLabelGap);
    if (!each->label.empty() || each->mark->shape != Mark::Shape::kBar) next[each->level] = each->x0;
  }
}

class Panel {
 public:
  Panel(std::span<const Mark> marks, const TimeScale& scale, std::string& svg) : scale_(scale), svg_(svg) {
    for (const Mark& mark : marks) {
      if (is_in(mark, scale.row)) lanes_[static_cast<std::size_t>(mark.lane)].push_back(place(mark, scale));
    }
    for (std::size_t i = 0; i < kLanes; ++i) {
      std::ranges::stable_sort(lanes_[i], {}, &Placed::x0);
      if (!lanes_[i].empty() && lanes_[i][0].label.empty()) resume(lanes_[i][0]);
      if (kLayouts[i].levels > 1) choose_levels(lanes_[i], kLayouts[i]);
      give_room(lanes_[i], kLayouts[i], scale.right);
    }
  }

  double draw(std::string_view heading, double y) {
    double at = y + kHeading;
    for (std::size_t i = 0; i < kLanes; ++i) {
      tops_[i] = at;
      at += kLayouts[i].height * static_cast<double>(levels(i));
    }
    const double height = at + kPadding - y;
    frame(heading, y, height);
    for (const Placed& arrow : lanes_[static_cast<std::size_t>(Lane::kPause)]) guides(arrow);
    for (std::size_t i = 0; i < kLanes; ++i) {
      // Labels last: they may reach over the bars that follow.
      for (const Placed& each : lanes_[i]) shape(each, i);
      for (const Placed& each : lanes_[i]) label(each, i);
    }
    return height;
  }

 private:
  static void resume(Placed& placed) {
    placed.label = placed.mark->rest;
    placed.resumed = true;
  }

  std::size_t levels(std::size_t lane) const {
    std::size_t most = kLayouts[lane].optional ? 0 : 1;
    for (const Placed& each : lanes_[lane]) most = std::max(most, each.level + 1);
    return most;
  }

  double top(const Placed& placed, std::size_t lane) const {
    return tops_[lane] + kLayouts[lane].height * static_cast<double>(placed.level);
  }

  auto out() { return std::back_inserter(svg_); }

  void frame(std::string_view heading, double y, double height) {
    fmt::format_to(out(), "<rect class=\"panel\" x=\"8\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"4\"/>\n",
                   y, scale_.right, height);
    for (double at = std::ceil(scale_.row.begin / scale_.grid) * scale_.grid; at <= scale_.row.end; at += scale_.grid)
      fmt::format_to(out(), "<path class=\"grid\" d=\"M{:.1f} {:.1f}v{:.1f}\"/>\n", scale_.x(at), y, height);
    fmt::format_to(out(), "<text class=\"heading\" x=\"16\" y=\"{:.1f}\">{}</text>\n", y + 14, escape_xml(heading));
    for (std::size_t i = 0; i < kLanes; ++i) {
      if (levels(i) == 0) continue;
      fmt::format_to(out(), "<text class=\"lane\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", scale_.left - 8,
                     tops_[i] + kLayouts[i].height / 2 + 3, kLayouts[i].name);
    }
  }

  /// From the end of the speech down to the arrow, and on to the answer.
  void guides(const Placed& placed) {
    const Mark& mark = *placed.mark;
    if (mark.shape != Mark::Shape::kArrow) return;
    const double middle = arrow_y(placed);
    const auto line = [&](double time, double y0, double y1) {
      if (time < scale_.row.begin || time > scale_.row.end) return;
      fmt::format_to(out(), "<path class=\"guide\" d=\"M{:.1f} {:.1f}V{:.1f}\"/>\n", scale_.x(time), y0, y1);
    };
    line(mark.begin, tops_[0], middle);
    line(mark.end, middle, tops_[static_cast<std::size_t>(Lane::kPlayout)]);
  }

  double arrow_y(const Placed& placed) const {
    constexpr auto kLane = static_cast<std::size_t>(Lane::kPause);
    return top(placed, kLane) + kLayouts[kLane].height / 2;
  }

  void shape(const Placed& placed, std::size_t lane) {
    const Mark& mark = *placed.mark;
    if (mark.shape == Mark::Shape::kNote) return;
    fmt::format_to(out(), "<g><title>{}</title>", escape_xml(mark.tooltip));
    if (mark.shape == Mark::Shape::kArrow) {
      arrow(placed);
    } else if (mark.shape == Mark::Shape::kTick) {
      const double y = top(placed, lane);
      fmt::format_to(out(), "<path class=\"{}\" d=\"M{:.1f} {:.1f}v{:.1f}h4l-4 -5\"/>", mark.style, placed.x0, y + 1,
                     kLayouts[lane].height - 3);
    } else {
      bar(placed, lane);
    }
    svg_ += "</g>\n";
  }

  void bar(const Placed& placed, std::size_t lane) {
    const Mark& mark = *placed.mark;
    const double y = top(placed, lane) + (kLayouts[lane].height - kLayouts[lane].bar) / 2;
    const auto rectangle = [&](std::string_view style) {
      fmt::format_to(out(),
                     "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"2\"/>",
                     style, placed.x0, y, std::max(placed.x1 - placed.x0 - kBarGap, kThinnest), kLayouts[lane].bar);
    };
    rectangle(mark.wasted ? "wasted" : mark.style);
    if (mark.speculative) rectangle("speculative");
  }

  void arrow(const Placed& placed) {
    const Mark& mark = *placed.mark;
    const double y = arrow_y(placed);
    fmt::format_to(out(), "<path class=\"{}\" d=\"M{:.1f} {:.1f}H{:.1f}\"/>", mark.style, placed.x0, y, placed.x1);
    if (mark.end < scale_.row.begin || mark.end > scale_.row.end) return;
    const double head = mark.end < mark.begin ? 6.0 : -6.0;
    fmt::format_to(out(), "<path class=\"{}\" d=\"M{:.1f} {:.1f}l{:.1f} -4v8z\"/>", mark.style, scale_.x(mark.end), y,
                   head);
  }

  void label(const Placed& placed, std::size_t lane) {
    const Mark& mark = *placed.mark;
    const LaneLayout& layout = kLayouts[lane];
    if (placed.label.empty() || layout.font == 0.0) return;
    // Of words that come every quarter of a second only the short ones would fit.
    if (mark.lane == Lane::kRecognition && mark.shape == Mark::Shape::kBar &&
        scale_.pixels_per_second < kScaleForPartials)
      return;
    const std::string text = shorten(placed.resumed ? fmt::format("… {}", placed.label) : std::string(placed.label),
                                     placed.room, layout.font);
    if (text.empty()) return;
    // An svg within the svg cuts what a font wider than expected would write over its neighbour.
    fmt::format_to(out(), "<svg x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\">", placed.label_x,
                   top(placed, lane), placed.room + kLabelGap, layout.height);
    fmt::format_to(out(), "<text class=\"on-{}\" y=\"{:.1f}\" font-size=\"{}\"><title>{}</title>{}</text></svg>\n",
                   mark.style, layout.height / 2 + layout.font * 0.36, layout.font, escape_xml(mark.tooltip),
                   escape_xml(text));
  }

  const TimeScale& scale_;
  std::string& svg_;
  std::array<std::vector<Placed>, kLanes> lanes_;
  std::array<double, kLanes> tops_{};
};

}  // namespace

bool is_in(const Mark& mark, const Stretch& row) {
  return std::min(mark.begin, mark.end) <= row.end && std::max(mark.begin, mark.end) >= row.begin;
}

double draw_panel(std::span<const Mark> marks, std::string_view heading, const TimeScale& scale, double y,
                  std::string& svg) {
  return Panel(marks, scale, svg).draw(heading, y);
}

}  // namespace parley::app
