// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "synthesis/speech_words.h"

namespace parley::synthesis {

/// Writes numbers so that espeak-ng says them as people do. Cleaned text in, text out:
/// - amounts of money, times, percentages, degrees and units get their words;
/// - "10-15" becomes a range; "447-219", "+55 11 98765-4321", "0800" and ungrouped "90210" are said digit by digit, a
/// comma between groups;
/// - "1,234.5" loses its grouping and gets the language's decimal sign;
/// - English years are read in pairs.
std::u32string speak_numbers(std::u32string_view text, const SpeechWords& words);

}  // namespace parley::synthesis
