// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "translation/number_words.h"

namespace parley::translation {

using NumberValues = std::map<std::string_view, int>;
using WordSet = std::set<std::string_view>;

/// Folded word `at`, empty past the end.
std::string word_at(const Words& words, std::size_t at);

/// Whether nothing but a space or hyphen stands before word `at`.
bool joined(const Words& words, std::size_t at);

/// Word `at` when it continues a number.
std::string next_word(const Words& words, std::size_t at);

std::optional<int> value_in(const NumberValues& values, const std::string& word);

/// A word of digits, up to `most`.
std::optional<int> numeral_value(const std::string& word, int most);

/// What English and Portuguese share: words for digits, teens and tens, and perhaps a word between tens and digits.
class TensAndDigits : public NumberGrammar {
 public:
  std::optional<SpelledNumber> two_digits(const Words& words, std::size_t at) const override;

 protected:
  TensAndDigits(NumberValues digits, NumberValues teens, NumberValues tens, std::string_view between)
      : digits_(std::move(digits)), teens_(std::move(teens)), tens_(std::move(tens)), between_(between) {}

  std::optional<SpelledNumber> below_hundred(const Words& words, std::size_t at) const;

  /// An hour by word or numeral.
  std::optional<int> hour(const Words& words, std::size_t at, int most) const;

  NumberValues digits_, teens_, tens_;
  std::string_view between_;  ///< "e" in "vinte e cinco"; empty in English.
};

const NumberGrammar& english_numbers();
const NumberGrammar& portuguese_numbers();

}  // namespace parley::translation
