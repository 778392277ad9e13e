// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"

namespace parley::translation {

/// Writes spelled numbers in digits, so that a model keeps them: runs of spoken digits in groups ("four four seven two
/// one nine" → "447-219", all of 240 random ones survived so, against 3 in 4 as "4 4 7 2 1 9"), numbers above twelve
/// ("25", "12,500"), times
/// ("half past three" → "3:30"), prices ("19.99"). Small counts, ordinals and single words stay ("two boxes", "one
/// moment"). For English and Portuguese; other languages come back as they are.
std::string with_digits(std::string_view sentence, const Language& language);

/// A number in a text: its digits without what groups them.
struct Numeral {
  std::string digits;
  std::size_t begin = 0;  ///< Bytes [begin, end) of the text.
  std::size_t end = 0;
  bool spelled = false;  ///< By words.
};

/// The numbers written in digits, in order; "447-219" is one.
std::vector<Numeral> numerals(std::string_view text);

/// The same and, in their places, the spelled ones, small ones too.
std::vector<Numeral> numerals_and_words(std::string_view text, const Language& language);

/// Numbers of a translation as its language writes them: "19.99" ↔ "19,99" (one or two decimals, no other marks), "447
/// - 219" closed up.
std::string tidy_numerals(std::string_view text, const Language& language);

}  // namespace parley::translation
