// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "synthesis/speech_words.h"

namespace parley::synthesis {

/// Says e-mail and web addresses: "ana.s@example.com" → "ana dot s at example dot com", "https://example.com/a" →
/// "example dot com slash a". What follows '?' or '#' in a web address is left out: nobody wants to hear it.
std::u32string speak_addresses(std::u32string_view text, const SpeechWords& words);

}  // namespace parley::synthesis
