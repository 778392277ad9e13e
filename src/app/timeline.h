// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace parley::app {

/// Which call of which ledger is to be drawn, and what of it.
struct TimelineRequest {
  std::filesystem::path ledger;  ///< What parleyd wrote, or what `parley translate --json` printed.
  std::string session;           ///< Empty: the last in the file.
  std::optional<double> from;    ///< Seconds of the call.
  std::optional<double> to;
};

struct Timeline {
  std::string svg;
  std::vector<std::string> warnings;  ///< Lines that were skipped, sessions that were not drawn: a sentence each.
};

/// Reads a ledger and draws a call of it. Errors: as read_ledger() and timeline_svg(); kInvalid when there is no such
/// session or nothing was said.
Result<Timeline> draw_timeline(const TimelineRequest& request);

}  // namespace parley::app
