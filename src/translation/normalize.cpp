// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/normalize.h"

#include <algorithm>

#include "translation/numbers.h"
#include "translation/sentences.h"
#include "translation/text.h"

namespace parley::translation {

std::string with_names(std::string_view sentence, const LanguageRules& rules) {
  Words words = split_words(sentence);
  for (Word& word : words.list) {
    const auto found = rules.capitalised.find(lower_case(word.text));
    if (found != rules.capitalised.end() && !has_capital(word.text)) word.text = found->second;
  }
  return join(words);
}

bool is_question(std::string_view sentence, const LanguageRules& rules) {
  const auto words = folded_words(sentence);
  std::size_t first = 0;
  while (first < words.size() && rules.openers.contains(words[first])) ++first;
  const auto asks_from = [&](std::size_t at) {
    return std::ranges::any_of(rules.question_starts, [&](const std::vector<std::string>& start) {
      return at + start.size() <= words.size() &&
             std::equal(start.begin(), start.end(), words.begin() + static_cast<long>(at));
    });
  };
  if (asks_from(0) || (first > 0 && asks_from(first))) return true;
  const bool asks_inside = std::ranges::any_of(rules.question_anywhere, [&](const std::vector<std::string>& part) {
    return !std::ranges::search(words, part).empty();
  });
  if (asks_inside) return true;
  return std::ranges::any_of(rules.question_ends, [&](const std::vector<std::string>& end) {
    return words.size() > end.size() && std::equal(end.rbegin(), end.rend(), words.rbegin());
  });
}

bool may_be_statement(std::string_view question, const LanguageRules& rules) {
  const auto words = folded_words(question);
  return std::ranges::any_of(rules.also_statements, [&](const std::vector<std::string>& part) {
    return !std::ranges::search(words, part).empty();
  });
}

std::string prepare_sentence(std::string_view sentence, const LanguageRules& rules) {
  std::string prepared = with_capital(with_names(with_digits(trimmed(sentence), rules.language), rules));
  if (!final_mark(prepared).empty()) return prepared;
  while (!prepared.empty() &&
         (prepared.back() == ',' || prepared.back() == ';' || prepared.back() == ':' || prepared.back() == ' ')) {
    prepared.pop_back();
  }
  const auto clauses = split_clauses(prepared);
  const bool asks = is_question(prepared, rules) || (!clauses.empty() && is_question(clauses.back(), rules));
  return prepared + (asks ? "?" : ".");
}

std::string for_the_middle(std::string_view sentence, const LanguageRules& rules) {
  const Words words = split_words(sentence);
  if (words.list.empty()) return std::string(sentence);
  const bool name = rules.capitalised.contains(lower_case(words.list.front().text));
  return name ? std::string(sentence) : without_capital(sentence);
}

}  // namespace parley::translation
