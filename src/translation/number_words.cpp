// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/number_words.h"

#include <charconv>

#include "translation/number_grammar.h"

namespace parley::translation {

std::string word_at(const Words& words, std::size_t at) {
  return at < words.list.size() ? lower_case(words.list[at].text) : std::string();
}

bool joined(const Words& words, std::size_t at) {
  return at < words.list.size() && (words.list[at].before == " " || words.list[at].before == "-");
}

std::string next_word(const Words& words, std::size_t at) {
  return joined(words, at) ? word_at(words, at) : std::string();
}

std::optional<int> value_in(const NumberValues& values, const std::string& word) {
  const auto found = values.find(word);
  return found != values.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<int> numeral_value(const std::string& word, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

std::optional<SpelledNumber> TensAndDigits::two_digits(const Words& words, std::size_t at) const {
  const auto found = below_hundred(words, at);
  return found && found->value >= 10 ? found : std::nullopt;
}

std::optional<SpelledNumber> TensAndDigits::below_hundred(const Words& words, std::size_t at) const {
  const std::string word = word_at(words, at);
  if (const auto digit = value_in(digits_, word)) return SpelledNumber{*digit, 1};
  if (const auto teen = value_in(teens_, word)) return SpelledNumber{*teen, 1};
  const auto tens = value_in(tens_, word);
  if (!tens) return std::nullopt;
  std::size_t next = at + 1;
  if (!between_.empty()) {
    if (next_word(words, next) != between_) return SpelledNumber{*tens, 1};
    ++next;
  }
  const auto digit = value_in(digits_, next_word(words, next));
  if (!digit || *digit == 0) return SpelledNumber{*tens, 1};
  return SpelledNumber{*tens + *digit, next + 1 - at};
}

std::optional<int> TensAndDigits::hour(const Words& words, std::size_t at, int most) const {
  const std::string word = word_at(words, at);
  if (const auto value = numeral_value(word, most)) return value;
  for (const NumberValues* values : {&digits_, &teens_}) {
    const auto value = value_in(*values, word);
    if (value && *value >= 1 && *value <= most) return value;
  }
  return std::nullopt;
}

const NumberGrammar* NumberGrammar::of(const Language& language) {
  if (language.code() == "en") return &english_numbers();
  return language.code() == "pt" ? &portuguese_numbers() : nullptr;
}

}  // namespace parley::translation
