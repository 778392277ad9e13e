// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "telemetry/utterance_record.h"

namespace parley::telemetry {

/// How an utterance ended, for a rate of errors.
enum class Verdict : std::uint8_t {
  kNoWords,
  kServed,
  kFailed,  ///< A fault of ours kept its translation from the listener, or a part of it. A listener who left or who
            ///< talked over it is no fault.
};

/// What averages over many utterances need of one.
struct Measures {
  Verdict verdict = Verdict::kNoWords;
  /// What its stages took together: queue + recognition (end of speech → final text, without the endpoint's wait),
  /// translation, synthesis (text → first PCM), playout (first PCM → first frame given to the listener's leg). Nothing
  /// where nothing of its translation was heard.
  std::optional<double> chain_latency_ms;
  /// Final text → first PCM of what answers it, waits included. Nothing likewise.
  std::optional<double> asr_to_tts_gap_ms;
};
Measures measure(const UtteranceRecord& record);

/// Means; 0 where there are no utterances that count.
struct Averages {
  double chain_latency_ms = 0.0;
  double asr_to_tts_gap_ms = 0.0;
  double error_rate_pct = 0.0;  ///< Failed, of those with words. 0…100.
  std::size_t utterances = 0;   ///< With words.
};
Averages averages(std::span<const Measures> utterances);

}  // namespace parley::telemetry
