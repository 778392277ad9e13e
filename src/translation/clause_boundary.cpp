// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/clause_boundary.h"

#include <algorithm>
#include <string>

#include "translation/number_words.h"
#include "translation/sentences.h"
#include "translation/text.h"
#include "translation/word_alignment.h"

namespace parley::translation {
namespace {

constexpr std::string_view kClauseMarks[] = {",", ";", ":", "\u2014", "\u2013"};

bool ends_with_mark(std::string_view word) {
  return std::ranges::any_of(kClauseMarks, [&](std::string_view mark) { return word.ends_with(mark); });
}

bool is_name(const WrittenWords& words, std::size_t at) {
  if (at == 0 || at >= words.list.size() || !has_capital(words.list[at])) return false;
  const std::string folded = fold(words.list[at]);
  return folded != "i" && !folded.starts_with("i ") && !folded.starts_with("i'");
}

/// A short word without a mark that may stand inside a number or a name ("e", "and", "da").
bool is_link(const WrittenWords& words, std::size_t at) {
  const std::string folded = fold(words.list[at]);
  const bool leads = words.rules.open_ends.contains(folded) || words.rules.clause_words.contains(folded);
  return leads && folded.size() <= 3 && folded.size() == words.list[at].size() && !has_capital(words.list[at]);
}

}  // namespace

bool is_numeral(const WrittenWords& words, std::size_t at) {
  if (at >= words.list.size()) return false;
  if (words.list[at].find_first_of("0123456789") != std::string_view::npos) return true;
  const NumberGrammar* grammar = NumberGrammar::of(words.rules.language);
  if (grammar == nullptr) return false;
  const Words split = split_words(words.list[at]);
  if (split.list.empty()) return false;
  const std::string folded = lower_case(split.list.front().text);
  const bool digit = grammar->digit(folded, false) || grammar->repetition(folded);
  return digit || grammar->cardinal(split, 0) || grammar->two_digits(split, 0);
}

bool begins_clause(const WrittenWords& words, std::size_t at) {
  if (at == 0 || at >= words.list.size()) return false;
  return ends_with_mark(words.list[at - 1]) || words.rules.clause_words.contains(fold(words.list[at]));
}

bool may_part_at(const WrittenWords& words, std::size_t at) {
  if (at >= words.list.size()) return true;
  const bool marked = ends_with_mark(words.list[at - 1]);
  if (is_numeral(words, at - 1) && is_numeral(words, at)) return false;
  if (marked) return true;
  const auto joins = [&](std::size_t link, auto is_part) {  // "twenty and five", "Maria da Silva"
    return link > 0 && is_part(words, link - 1) && is_part(words, link + 1) && is_link(words, link);
  };
  if (joins(at, is_numeral) || joins(at - 1, is_numeral)) return false;
  if (joins(at, is_name) || joins(at - 1, is_name)) return false;
  return !(is_name(words, at - 1) && is_name(words, at));
}

bool leads_on(const WrittenWords& words, std::size_t at) {
  if (at >= words.list.size()) return false;
  const std::string folded = fold(words.list[at]);
  return words.rules.open_ends.contains(folded) || words.rules.open_unless_asked.contains(folded) ||
         words.rules.open_within.contains(folded) || words.rules.hesitations.contains(folded);
}

std::size_t end_of_sentence(const WrittenWords& words, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < words.list.size(); ++i) text.append(text.empty() ? "" : " ").append(words.list[i]);
  const auto sentences = split_sentences(text, words.rules);
  if (sentences.size() < 2) return words.list.size();
  // What stands before the first sentence without words of its own belongs to it.
  const auto end = text.find(sentences.front()) + sentences.front().size();
  return from + spaced_words(std::string_view(text).substr(0, end)).size();
}

}  // namespace parley::translation
