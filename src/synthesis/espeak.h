// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::synthesis {

// libespeak-ng, which is started by the first call. It has one state for the whole process, so calls wait for each
// other. Any thread.

/// Between the letters of an affricate or a diphthong in what espeak_ipa() gives ("t^ʃ", "a^ɪ").
inline constexpr char kTie = '^';

/// What libespeak-ng makes of a text, in IPA with stress marks, clauses joined by a space. `espeak_voice`: a voice's
/// language ("en-us", "pt-br"). Takes less than a millisecond, and 1 ms more where another voice was used before.
/// Errors: kUnavailable (espeak-ng's data is not installed), kUnsupported (it has no such voice).
Result<std::string> espeak_ipa(std::string_view text, std::string_view espeak_voice);

inline constexpr int kEspeakRate = 22050;  ///< Hz, of what espeak_speak() gives.

/// Takes a stretch of speech (s16, mono, some 60 ms) and says whether more of it is wanted. It is called while the
/// library is held, so it must not use it.
using EspeakSink = std::function<bool(std::span<const std::int16_t>)>;

/// Speaks a text in libespeak-ng's own voice: `espeak_voice` as above, perhaps with a variant ("pt-br+f3"); `speed`
/// 0.5…2.0. A second of speech takes some milliseconds; others wait meanwhile, so `text` is a phrase, not a page.
/// Errors: as above; kCancelled when `take` wanted no more, kInternal when the library fails.
Result<void> espeak_speak(std::string_view text, std::string_view espeak_voice, double speed, const EspeakSink& take);

}  // namespace parley::synthesis
