// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/utterance_record.h"

namespace parley::telemetry {

/// How far an utterance had come when its line was written, as docs/ledger.md describes the lines.
enum class LedgerEvent : std::uint8_t { kBegun, kPartial, kCaption, kUtterance };

struct LedgerLine {
  LedgerEvent event = LedgerEvent::kUtterance;
  UtteranceRecord record;
};

/// What a file says of each utterance last, in the order in which they first appear: of a call that is over that is its
/// kUtterance.
struct LedgerFile {
  struct Skipped {
    std::size_t line = 0;  ///< From 1.
    std::string why;
  };

  std::vector<LedgerLine> lines;
  std::vector<Skipped> skipped;   ///< Lines that cannot be read; at most kSkippedKept are kept …
  std::size_t skipped_count = 0;  ///< … of so many.

  static constexpr std::size_t kSkippedKept = 20;
};

/// One line. Nothing: well formed, but an event that is not about an utterance. Members that are missing have their
/// defaults, so that ledgers of earlier versions can be read; times before the room's start, ends before beginnings and
/// tempos that no playout has are set right. Errors: kInvalid.
Result<std::optional<LedgerLine>> parse_ledger_line(std::string_view line);

/// A ledger, or what `parley translate --json` printed. Lines that cannot be read are skipped, as the last one of a
/// process that crashed while it wrote.
LedgerFile parse_ledger(std::string_view text);

/// Errors: kNotFound, kUnavailable, kInvalid when it is larger than 256 MiB or holds lines and none of them is a
/// ledger's.
Result<LedgerFile> read_ledger(const std::filesystem::path& file);

}  // namespace parley::telemetry
