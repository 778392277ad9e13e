// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "translation/text.h"

namespace parley::translation {

/// A number that words spell, and how many words it took.
struct SpelledNumber {
  std::int64_t value = 0;
  std::size_t words = 0;
};

/// The number words of a language that has a grammar here: English and Portuguese.
class NumberGrammar {
 public:
  /// Null for a language without one.
  static const NumberGrammar* of(const Language& language);
  virtual ~NumberGrammar() = default;

  /// A cardinal below a million that begins at word `at`: "twenty-five", "duzentos e cinquenta". The longest one;
  /// nothing when there is none.
  virtual std::optional<SpelledNumber> cardinal(const Words& words, std::size_t at) const = 0;

  /// A number from 10 to 99 without hundreds: what is spoken between digits ("five five twelve").
  virtual std::optional<SpelledNumber> two_digits(const Words& words, std::size_t at) const = 0;

  /// A single digit by its word. `within`: other digits stand before it, so that "oh" and "meia" are digits as well.
  virtual std::optional<int> digit(std::string_view folded, bool within) const = 0;

  /// "double" → 2, "triple" → 3.
  virtual std::optional<int> repetition(std::string_view folded) const = 0;

  /// After such a word even two digits are a number to keep ("extension", "ramal").
  virtual bool announces_digits(std::string_view folded) const = 0;
  virtual bool is_ordinal(std::string_view folded) const = 0;

  /// What is written after digits for an ordinal from first to ninth ("first" → 1), in a language that writes them so
  /// ("21st").
  virtual std::optional<int> small_ordinal(std::string_view folded) const = 0;

  /// Words around a price ("cost", "dollars").
  virtual bool is_about_money(std::string_view folded) const = 0;

  virtual char decimal_mark() const = 0;  ///< "19.99" or "19,99".
  virtual char thousands_mark() const = 0;

  /// A time of day that begins at word `at` ("half past three", "três e meia", "three thirty" after "at"), in minutes
  /// since midnight or noon.
  virtual std::optional<SpelledNumber> time(const Words& words, std::size_t at) const = 0;
};

}  // namespace parley::translation
