// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <stop_token>
#include <string_view>

#include "base/language.h"
#include "base/result.h"
#include "synthesis/kokoro_front.h"
#include "synthesis/kokoro_text.h"
#include "synthesis/statistics_store.h"
#include "synthesis/voice_statistics.h"
#include "vocoder/weights.h"

namespace parley::synthesis {

/// The five phrases a voice is measured on in a language; those of English for one without its own.
std::span<const std::string_view> measuring_phrases(const Language& language);

/// Sounds the measuring phrases whole, each with its own statistics, and averages those; then in windows, for their
/// level. About 5 s of one core, and 60 MB meanwhile. Errors: as Synthesizer::synthesize(), kCancelled after a stop was
/// requested.
Result<VoiceStatistics> measure_voice(const KokoroText& text, const KokoroFront& front,
                                      const std::shared_ptr<const vocoder::GeneratorWeights>& weights,
                                      const VoiceUse& use, const std::stop_token& stop);

}  // namespace parley::synthesis
