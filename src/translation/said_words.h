// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "translation/clause_boundary.h"
#include "translation/language_rules.h"
#include "translation/translator.h"

namespace parley::translation {

/// Joined by a space; nothing when `words` has no words.
void append_words(std::string& text, std::string_view words);

/// What follows `said` in a translation that begins with it, without the marks that follow directly.
std::string_view rest_of(std::string_view translation, std::string_view said);

/// The first `count` words with the marks between and on them. All of a text lose its final mark: it is not its end.
std::string first_words(std::string_view text, std::size_t count);

/// How far the translation of a sentence that goes on may be spoken. Everything is counted in target words from the
/// sentence's beginning; no answer is below `said`. Never up to a word whose source is not known, nor inside a number
/// or a name on either side, nor to a word that leads on ("the", "two").
class SayableWords {
 public:
  /// `begin`: the place of the sentence's first word among `source`. `said`: target words that were said. `settled`:
  /// target words that may be said at most. Keeps references.
  SayableWords(const WrittenWords& source, const LanguageRules& target_rules, const Translation& translation,
               std::size_t begin, std::size_t said, std::size_t settled);

  /// All words of a clause that ends before source word `boundary`; `said` when words behind its own look back into it:
  /// it would be torn.
  std::size_t of_clause(std::size_t boundary) const;

  /// The words up to the first that looks at source word `limit` or behind it.
  std::size_t looking_before(std::size_t limit) const;

  /// The source word after the last one at which the target words before `end` look.
  std::size_t furthest_source(std::size_t end) const;

 private:
  std::size_t aligned_before(std::size_t limit) const;
  std::size_t backed_off(std::size_t end) const;
  bool may_end_at(std::size_t end) const;

  const WrittenWords& source_;
  WrittenWords target_;
  const Translation& translation_;
  std::size_t begin_;
  std::size_t said_;
  std::size_t settled_;
};

}  // namespace parley::translation
