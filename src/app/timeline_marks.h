// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/ledger_reader.h"

namespace parley::app {

/// The lanes of one direction of a call, from top to bottom.
enum class Lane : std::uint8_t { kSpeech, kRecognition, kTranslation, kCommits, kSynthesis, kPause, kPlayout, kTempo };
inline constexpr std::size_t kLanes = 8;

/// One thing to be drawn in a lane. Times are seconds on the room's media clock.
struct Mark {
  enum class Shape : std::uint8_t {
    kBar,    ///< Its label begins in it and may reach beyond.
    kBlock,  ///< A bar whose label is behind it.
    kTick,   ///< A point in time.
    kArrow,  ///< From `begin` to `end`, which may be the earlier one.
    kNote,   ///< Only its label.
  };

  Lane lane = Lane::kSpeech;
  Shape shape = Shape::kBar;
  double begin = 0.0;
  double end = 0.0;
  std::string_view style;  ///< Class in the style sheet.
  bool speculative = false;
  bool wasted = false;
  std::string label;
  std::string rest;  ///< Its label where the one that it is a part of is in an earlier row.
  std::string tooltip;
};

/// What a line of the ledger says, in the order in which it is to be drawn. Without spans, as in ledgers of earlier
/// versions, the work is placed where the stages' durations put it.
std::vector<Mark> marks_of(const telemetry::LedgerLine& line);

}  // namespace parley::app
