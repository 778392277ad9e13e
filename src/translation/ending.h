// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

#include "translation/language_rules.h"

namespace parley::translation {

/// Whether a text sounds finished: decides how long the endpoint waits.
enum class Ending : std::uint8_t {
  kComplete,  ///< A full answer, a question, a sentence.
  kUnclear,   ///< It may go on: a name, a number, a few words.
  kOpen,      ///< The speaker must go on: "and", "my", "um", a comma.
};

/// Judges the last sentence of what was heard. A full stop means little, for recognisers end every text with one.
Ending ending_of(std::string_view heard, const LanguageRules& rules);

}  // namespace parley::translation
