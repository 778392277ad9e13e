// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>

#include "telemetry/ring.h"

namespace parley::telemetry {

/// What an utterance's stages took together, ms: queue + recognition (end of speech → final text, without the
/// endpoint's wait), translation, synthesis (text → first PCM), playout (first PCM → first frame given to the
/// listener's leg). Nothing where nothing of its translation was heard.
std::optional<double> chain_latency_ms(const UtteranceRecord& record);

/// Final text → first PCM of what answers it, ms, waits included. Nothing where nothing of its translation was heard.
std::optional<double> asr_to_tts_gap_ms(const UtteranceRecord& record);

/// How an utterance ended, for a rate of errors.
enum class Verdict { kNoWords, kServed, kFailed };

/// kFailed: a fault of ours kept its translation from the listener, or a part of it. A listener who left or who talked
/// over it is no fault.
Verdict verdict(const UtteranceRecord& record);

/// Over the utterances in a ring; 0 where there are none that count.
struct Averages {
  double chain_latency_ms = 0.0;
  double asr_to_tts_gap_ms = 0.0;
  double error_rate_pct = 0.0;  ///< Failed, of those with words. 0…100.
  std::size_t utterances = 0;   ///< With words.
};
Averages averages(const Ring& ring);

}  // namespace parley::telemetry
