// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "app/settings.h"
#include "audio/wav.h"
#include "call/engines.h"
#include "telemetry/ledger.h"

namespace parley::app {

enum class Pace {
  kRealtime,       ///< 20 ms take 20 ms.
  kAsFastAsItCan,  ///< Time is skipped while nothing computes and kept while something does, so that what was heard and
                   ///< when stays true.
};

/// One side of a call from a recording, and who listens to it.
struct WavCall {
  LanguagePair pair;
  std::vector<std::int16_t> recording;  ///< s16, 16 kHz, mono.
  audio::WavWriter writer;              ///< Gets what the listener hears.
  Pace pace = Pace::kAsFastAsItCan;
};

/// Holds the call with the same rooms, hearing and interpreters that the daemon runs, until everything said has been
/// heard. Says how long that was on the media clock. Errors: kUnavailable when the output cannot be written.
Result<milliseconds> run_wav_call(WavCall call, const Settings& settings, std::shared_ptr<const call::Engines> engines,
                                  telemetry::Ledger& ledger);

}  // namespace parley::app
