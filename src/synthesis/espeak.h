// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::synthesis {

/// Between the letters of an affricate or a diphthong in what espeak_ipa() gives ("t^ʃ", "a^ɪ").
inline constexpr char kTie = '^';

/// What libespeak-ng makes of a text, in IPA with stress marks, clauses joined by a space. `espeak_voice`: a voice's
/// language ("en-us", "pt-br"). The library is started by the first call; it has one state for the whole process, so
/// calls wait for each other (each takes less than a millisecond). Any thread. Errors: kUnavailable (espeak-ng's data
/// is not installed), kUnsupported (it has no such voice).
Result<std::string> espeak_ipa(std::string_view text, std::string_view espeak_voice);

}  // namespace parley::synthesis
