// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

#include "base/language.h"

namespace parley::synthesis {

/// A word in the singular and the plural.
struct Noun {
  std::u32string_view one;
  std::u32string_view many;
};

/// A currency by the sign it is written with, and its hundredth part.
struct Currency {
  std::u32string_view sign;
  Noun unit;
  Noun cent;
};

struct Replacement {
  std::u32string_view written;
  std::u32string_view spoken;
};

/// How one language speaks what is written in signs and digits. Immutable, lives as long as the program.
struct SpeechWords {
  char32_t decimal = U'.';    ///< Between whole number and fraction, as espeak-ng reads this language.
  char32_t thousands = U',';  ///< Between groups of three digits.
  std::u32string_view percent, degrees;
  std::u32string_view and_, to;  ///< "five dollars and ten cents"; "two to three".
  std::u32string_view plus, star, hash;
  std::u32string_view at, dot, dash, underscore, slash;  ///< In addresses.
  /// A full hour and an hour with minutes: {h} and {m} stand for the numbers.
  std::u32string_view full_hour, hour_and_minutes;
  std::u32string_view full_hour_of_one;        ///< In place of full_hour for one o'clock; empty where it is the same.
  std::u32string_view zero_before_minute;      ///< "oh " in "three oh five".
  std::span<const Replacement> hours;          ///< Hours whose number has a form of its own ("2" → "duas").
  std::span<const Currency> currencies;        ///< Longer signs first.
  std::span<const Replacement> abbreviations;  ///< Whole words, with their full stop where they have one.
  std::span<const Replacement> units;          ///< Whole words after a number.
  std::span<const Replacement> scales;  ///< "million" between a number and its currency, with the word that joins them.
  bool years_in_pairs = false;          ///< 1985 is read as 19 85.
};

/// The language's words; English ones for a language that has none here.
const SpeechWords& speech_words(const Language& language);

}  // namespace parley::synthesis
