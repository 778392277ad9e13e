// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "translation/language_rules.h"

namespace parley::translation {

/// Sentences of clean text, each with its final marks. No sentence ends after an abbreviation or an initial ("Mr.
/// Silva").
std::vector<std::string> split_sentences(std::string_view text, const LanguageRules& rules);

/// A sentence of more than `most_words` words (or as many times eight bytes) in pieces of at most that, divided where a
/// clause begins if there is such a place in a piece's second half, else between words. Words of more than 80 bytes are
/// divided too. Nothing is lost.
std::vector<std::string> split_long_sentence(std::string_view sentence, std::size_t most_words,
                                             const LanguageRules& rules);

/// Parts of a sentence between commas and semicolons, which are left out. A number's own comma is none.
std::vector<std::string> split_clauses(std::string_view sentence);

/// The marks a sentence ends with: ".", "?", "!", "...", "?!"; empty when there are none.
std::string_view final_mark(std::string_view sentence);
std::string_view without_final_mark(std::string_view sentence);

}  // namespace parley::translation
