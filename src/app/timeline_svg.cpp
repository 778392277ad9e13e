// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline_svg.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>
#include <vector>

#include "app/svg_text.h"
#include "app/timeline_marks.h"
#include "app/timeline_panel.h"
#include "app/timeline_rows.h"
#include "app/timeline_style.h"

namespace parley::app {
namespace {

using telemetry::LedgerLine;
using telemetry::UtteranceRecord;

// Pixels.
constexpr double kGutter = 100.0;
constexpr double kPlot = 1500.0;
constexpr double kWidth = kGutter + kPlot + 16.0;
constexpr double kSmallestScale = 100.0;  // A second.
constexpr double kLargestScale = 500.0;
constexpr double kClockHeight = 20.0;
constexpr double kPanelGap = 6.0;
constexpr double kRowGap = 18.0;

constexpr double kAir = 0.25;  // Seconds before and after what happens.
constexpr std::size_t kMostRows = 400;

/// One speaker for one listener.
struct Direction {
  std::string heading;
  std::vector<Mark> marks;
  std::vector<double> lags;  ///< Response lags of what was translated, ms.
  std::size_t utterances = 0;
  std::size_t ready = 0;
};

using Directions = std::map<std::tuple<std::string, std::string, LanguagePair>, Direction>;

Directions directions_of(std::span<const LedgerLine> lines) {
  Directions directions;
  for (const LedgerLine& line : lines) {
    const UtteranceRecord& record = line.record;
    Direction& direction = directions[{record.speaker, record.listener, record.pair}];
    direction.heading = fmt::format("{} → {} · {} → {}", record.speaker, record.listener, record.pair.from.code(),
                                    record.pair.to.code());
    std::ranges::move(marks_of(line), std::back_inserter(direction.marks));
    ++direction.utterances;
    direction.ready += record.speculated ? 1 : 0;
    if (const auto lag = record.response_lag(); lag && record.error.empty())
      direction.lags.push_back(static_cast<double>(lag->count()));
  }
  return directions;
}

std::vector<Stretch> busy_times(const Directions& directions, const TimelineView& view) {
  const Stretch window{view.from.value_or(0.0), view.to.value_or(HUGE_VAL)};
  std::vector<Stretch> busy;
  for (const auto& [key, direction] : directions) {
    for (const Mark& mark : direction.marks) {
      if (!is_in(mark, window)) continue;
      busy.push_back({.begin = std::max({window.begin, 0.0, std::min(mark.begin, mark.end) - kAir}),
                      .end = std::min(window.end, std::max(mark.begin, mark.end) + kAir)});
    }
  }
  return busy;
}

/// "b → a · en → pt: 7 utterances, pause p50 430 ms, longest 700 ms, 6 ready at the endpoint"
std::string summary(Direction direction) {
  std::string text =
      fmt::format("{}: {} utterance{}", direction.heading, direction.utterances, direction.utterances == 1 ? "" : "s");
  auto& lags = direction.lags;
  if (!lags.empty()) {
    std::ranges::sort(lags);
    const std::size_t half = lags.size() / 2;
    const double median = lags.size() % 2 == 1 ? lags[half] : (lags[half - 1] + lags[half]) / 2;
    fmt::format_to(std::back_inserter(text), ", response lag p50 {:.0f} ms, longest {:.0f} ms", median, lags.back());
  }
  if (direction.ready > 0) fmt::format_to(std::back_inserter(text), ", {} ready at the endpoint", direction.ready);
  return text;
}

class Picture {
 public:
  Picture(const Directions& directions, const TimelineView& view) : directions_(directions), view_(view) {}

  std::string draw(const std::vector<Stretch>& rows) {
    scale_.left = kGutter;
    scale_.right = kGutter + kPlot;
    scale_.pixels_per_second =
        rows.size() == 1 ? std::clamp(kPlot / std::max(rows[0].end - rows[0].begin, 0.1), kSmallestScale, kLargestScale)
                         : kSmallestScale;
    header();
    for (const Stretch& row : rows) this->row(row);
    return envelope();
  }

 private:
  auto out() { return std::back_inserter(body_); }

  void header() {
    fmt::format_to(out(), "<text class=\"title\" x=\"16\" y=\"32\">{}</text>\n", escape_xml(view_.title));
    y_ = 36.0;
    for (const auto& [key, direction] : directions_) {
      y_ += 18.0;
      fmt::format_to(out(), "<text class=\"summary\" x=\"16\" y=\"{:.1f}\">{}</text>\n", y_,
                     escape_xml(summary(direction)));
    }
    y_ += 14.0;
    legend();
    y_ += 26.0;
  }

  void legend() {
    struct Entry {
      std::string_view style;
      std::string_view text;
      std::string_view over = {};
    };
    static constexpr std::array<Entry, 13> kEntries = {{{"speech", "speech"},
                                                        {"wait", "waiting"},
                                                        {"partial", "partial: its new words"},
                                                        {"recognition", "final recognition"},
                                                        {"translation", "translation"},
                                                        {"commit", "committed to be spoken"},
                                                        {"synthesis", "synthesis to first sound"},
                                                        {"playout", "heard"},
                                                        {"hurried", "heard, faster"},
                                                        {"original", "original voice"},
                                                        {"pause", "response lag"},
                                                        {"panel", "speculative", "speculative"},
                                                        {"wasted", "wasted", "speculative"}}};
    double x = 16.0;
    for (const Entry& entry : kEntries) {
      const auto swatch = [&](std::string_view style) {
        fmt::format_to(out(), "<rect class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"16\" height=\"10\" rx=\"2\"/>",
                       style, x, y_);
      };
      swatch(entry.style);
      if (!entry.over.empty()) swatch(entry.over);
      fmt::format_to(out(), "<text class=\"legend\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", x + 21, y_ + 9, entry.text);
      x += 21 + text_width(entry.text, 11.5) + 14;
    }
  }

  void row(const Stretch& row) {
    scale_.row = row;
    scale_.grid = scale_.pixels_per_second >= 300.0 ? 0.5 : 1.0;
    for (double at = std::ceil(row.begin / scale_.grid) * scale_.grid; at <= row.end; at += scale_.grid)
      fmt::format_to(out(), "<text class=\"clock\" x=\"{:.1f}\" y=\"{:.1f}\">{:g} s</text>\n", scale_.x(at), y_ + 13,
                     at);
    y_ += kClockHeight;
    for (const auto& [key, direction] : directions_) {
      if (std::ranges::none_of(direction.marks, [&](const Mark& mark) { return is_in(mark, row); })) continue;
      y_ += draw_panel(direction.marks, direction.heading, scale_, y_, body_) + kPanelGap;
    }
    y_ += kRowGap;
  }

  std::string envelope() const {
    std::string description = "What was said in a call, what was done about it and what was heard, against time.";
    for (const auto& [key, direction] : directions_) description += fmt::format(" {}.", summary(direction));
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} "
        "{1:.0f}\" "
        "role=\"img\" aria-labelledby=\"parley-title parley-desc\">\n<title id=\"parley-title\">{2}</title>\n"
        "<desc id=\"parley-desc\">{3}</desc>\n",
        kWidth, y_, escape_xml(view_.title), escape_xml(description));
    svg += kTimelineStyle;
    svg += "<rect class=\"ground\" width=\"100%\" height=\"100%\"/>\n";
    svg += body_;
    svg += "</svg>\n";
    return svg;
  }

  const Directions& directions_;
  const TimelineView& view_;
  TimeScale scale_;
  std::string body_;
  double y_ = 0.0;
};

}  // namespace

Result<std::string> timeline_svg(std::span<const LedgerLine> lines, const TimelineView& view) {
  const Directions directions = directions_of(lines);
  const auto rows = split_into_rows(busy_times(directions, view), kPlot / kSmallestScale, kMostRows + 1);
  if (rows.empty()) return fail(ErrorCode::kInvalid, "nothing was said in that time");
  if (rows.size() > kMostRows) {
    return fail(ErrorCode::kInvalid, "there are more than {:.0f} minutes to draw: choose a part with --from and --to",
                static_cast<double>(kMostRows) * kPlot / kSmallestScale / 60.0);
  }
  return Picture(directions, view).draw(rows);
}

}  // namespace parley::app
