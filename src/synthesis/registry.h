// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "synthesis/kokoro.h"
#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// Which engine speaks, and what each one needs. Engines: "kokoro", "kokoro-whole", and
/// "espeak", which needs nothing: for the time in which no other is there.
struct SynthesisConfig {
  std::string engine = "kokoro";
  KokoroConfig kokoro;
};

/// Loads the configured engine and runs it once, so that the first call does not pay for it. Errors: kInvalid (no such
/// engine), and the engine's.
Result<std::shared_ptr<const Synthesizer>> load_synthesizer(const SynthesisConfig& config);

}  // namespace parley::synthesis
