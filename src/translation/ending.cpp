// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/ending.h"

#include <algorithm>
#include <string>
#include <vector>

#include "translation/clause_boundary.h"
#include "translation/normalize.h"
#include "translation/sentences.h"
#include "translation/text.h"
#include "translation/word_alignment.h"

namespace parley::translation {
namespace {

constexpr std::size_t kWordsOfASentence = 3;  // fewer are a part of one, if they are not an answer
constexpr std::size_t kWordsOfTwoClauses = 8;

bool has_verb(const std::vector<std::string>& words, const LanguageRules& rules) {
  if (rules.verbs.empty()) return words.size() > kWordsOfASentence;
  return std::ranges::any_of(words, [&](const std::string& word) {
    const bool contracted = word.find('\'') != std::string::npos;
    return contracted || rules.verbs.contains(word);
  });
}

/// "Yes", "no, thanks", "okay, thank you, bye".
bool is_answer(std::string_view sentence, const LanguageRules& rules) {
  const auto is_listed = [&](std::string_view text) {
    return std::ranges::find(rules.answers, folded_words(text)) != rules.answers.end();
  };
  return is_listed(sentence) || std::ranges::all_of(split_clauses(sentence), is_listed);
}

/// "If you can't come on Monday": the clause that must follow is missing.
bool is_half(std::string_view sentence, const std::vector<std::string>& words, const LanguageRules& rules) {
  std::size_t first = 0;
  while (first + 1 < words.size() && rules.openers.contains(words[first])) ++first;
  if (!rules.subordinates.contains(words[first])) return false;
  return split_clauses(without_final_mark(sentence)).size() < 2 && words.size() < kWordsOfTwoClauses + first;
}

bool is_letter(std::string_view word) { return fold(word).size() == 1 && has_capital(word); }

/// A number, or letters that are being spelled: people pause inside them.
bool ends_in_number_or_letters(const WrittenWords& words) {
  const std::size_t last = words.list.size() - 1;
  const bool letters = last > 0 && is_letter(words.list[last]) && is_letter(words.list[last - 1]);
  return letters || is_numeral(words, last);
}

}  // namespace

Ending ending_of(std::string_view heard, const LanguageRules& rules) {
  const std::string clean = clean_text(heard);
  const auto sentences = split_sentences(clean, rules);
  if (sentences.empty()) return Ending::kUnclear;
  const std::string& sentence = sentences.back();
  const std::string_view mark = final_mark(sentence);
  const std::string_view body = without_final_mark(sentence);
  const auto folded = folded_words(body);
  if (folded.empty()) return Ending::kUnclear;
  const WrittenWords words{spaced_words(body), rules};
  const std::string last = folded.back();

  if (mark.find("..") != std::string_view::npos || mark.find("\u2026") != std::string_view::npos) return Ending::kOpen;
  if (std::string_view(",;:-").find(body.back()) != std::string_view::npos) return Ending::kOpen;
  if (is_answer(body, rules)) return Ending::kComplete;
  if (ends_in_number_or_letters(words)) return Ending::kUnclear;
  if (rules.open_ends.contains(last) || rules.hesitations.contains(last)) return Ending::kOpen;
  const bool asks = mark.find('?') != std::string_view::npos || is_question(body, rules);
  if (rules.open_unless_asked.contains(last)) {
    return mark.find('?') != std::string_view::npos ? Ending::kComplete : Ending::kOpen;
  }
  if (asks && folded.size() > 1) return Ending::kComplete;
  if (mark.empty() || folded.size() < kWordsOfASentence || is_half(sentence, folded, rules)) return Ending::kUnclear;
  return has_verb(folded, rules) ? Ending::kComplete : Ending::kUnclear;
}

}  // namespace parley::translation
