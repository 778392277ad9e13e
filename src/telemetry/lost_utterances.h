// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "telemetry/utterance_record.h"

namespace parley::telemetry {

/// What a ledger says was begun and never says the end of: with Outcome::kLost, and all that its caption knew. Lines
/// that cannot be read are passed over, as are utterances of versions that did not write when they had begun.
std::vector<UtteranceRecord> lost_utterances(std::string_view lines);

/// The same of the end of a file, 4 MiB of it. Nothing where it is none or cannot be read.
std::vector<UtteranceRecord> lost_utterances_of(const std::filesystem::path& file);

}  // namespace parley::telemetry
