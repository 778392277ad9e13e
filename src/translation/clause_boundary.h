// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "translation/language_rules.h"

namespace parley::translation {

/// A text's words with their marks, and how its language is written.
struct WrittenWords {
  std::vector<std::string_view> list;
  const LanguageRules& rules;
};

/// Whether a clause begins at word `at`: after a comma, semicolon, colon or dash, or with a conjunction.
bool begins_clause(const WrittenWords& words, std::size_t at);

/// Whether the words before `at` may be spoken without those from it on: not inside a number ("twenty | five", "four,
/// four, | seven") or a name ("John | Smith", "Maria | da Silva"). Precondition: at > 0.
bool may_part_at(const WrittenWords& words, std::size_t at);

/// Whether a phrase should go on after this word: an article, a preposition, a conjunction, "I", a hesitation.
bool leads_on(const WrittenWords& words, std::size_t at);

/// The end of the sentence that begins at word `from`; words.list.size() for the last one.
std::size_t end_of_sentence(const WrittenWords& words, std::size_t from);

/// A digit, a number's word, or what makes digits of others ("double"), by itself or in the words around it.
bool is_numeral(const WrittenWords& words, std::size_t at);

}  // namespace parley::translation
