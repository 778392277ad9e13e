// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "telemetry/ledger_reader.h"

namespace parley::app {

/// What of a call is drawn.
struct TimelineView {
  std::string title;           ///< Any text: what is above the picture.
  std::optional<double> from;  ///< Seconds on the room's media clock; nothing: from the beginning.
  std::optional<double> to;
};

/// Draws the utterances of one session as a picture (SVG 1.1, light and dark by the reader's preference): rows of time
/// below each other, in each a panel for each direction with lanes for speech, recognition, translation, commits,
/// synthesis, the pause, and what was heard; exact times and whole texts as tooltips. The same lines give the same
/// bytes. A short part (`from`, `to`) is drawn larger.
/// Errors: kInvalid when nothing was said in that time, or more than one picture can hold.
Result<std::string> timeline_svg(std::span<const telemetry::LedgerLine> lines, const TimelineView& view);

}  // namespace parley::app
