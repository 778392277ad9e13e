// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/drop_reports.h"

#include <string>

#include <fmt/format.h>

namespace parley::telemetry {
namespace {

/// Why a queue is full.
std::string_view cause_of(Queue queue) {
  switch (queue) {
    case Queue::kInput: return "the loop was late, or they came all at once";
    case Queue::kSend: return "its far end does not read";
    default: return "hearing is late";
  }
}

}  // namespace

void report_drops(LoopStats& stats, Health& health) {
  for (LegDrops drops; stats.pop_drops(drops);) {
    health.report(
        {.session_id = std::string(name_of(drops.session)),
         .component = drops.queue == Queue::kRecognition ? "hearing" : "media",
         .status = Status::kDegraded,
         .action = "drop",
         .reason = fmt::format("{} frames of leg {} were dropped ({}), {} in all: {}", drops.frames, name_of(drops.leg),
                               to_string(drops.queue), drops.frames_in_all, cause_of(drops.queue))});
  }
}

}  // namespace parley::telemetry
