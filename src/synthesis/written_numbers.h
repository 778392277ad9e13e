// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "synthesis/speech_words.h"

namespace parley::synthesis {

/// A written quantity without its grouping: "1,234.50" is whole "1234", fraction "50", grouped.
struct Quantity {
  std::u32string whole;
  std::u32string fraction;  ///< Empty: none.
  bool grouped = false;
  std::size_t end = 0;  ///< Where the text goes on.
};

/// The quantity that begins at a position. Which sign groups thousands and which one is decimal: the last of two kinds
/// is decimal, a repeated one groups, a single one follows the language where three digits come after it and is decimal
/// otherwise ("12.50" in Portuguese text). Nothing when no digit is there or the signs fit no quantity ("192.168.0.1").
std::optional<Quantity> read_quantity(std::u32string_view text, std::size_t position, const SpeechWords& words);

/// Digits in groups, as in a telephone number: "+55 (11) 98765-4321".
struct DigitGroups {
  std::vector<std::u32string> digits;
  std::vector<char32_t> separators;  ///< ' ' or '-', one less than groups.
  bool international = false;        ///< Begins with '+'.
  bool area_code = false;            ///< Has a part in parentheses.
  std::size_t end = 0;               ///< Where the text goes on.

  std::size_t total() const;
  bool has_leading_zero() const;

  /// "10-15", "5-2", "100-200", "1999-2005"; but "447-219" and "5555-1234" are codes.
  bool is_range() const;

  /// To be said digit by digit. With spaces between, only what looks like a telephone number or a code: "5 10" are two
  /// numbers.
  bool is_code() const;
};

/// The groups that begin at a position; none when there is no digit.
DigitGroups read_digit_groups(std::u32string_view text, std::size_t position);

std::size_t count_digits(std::u32string_view text, std::size_t position);

/// Nothing follows the position that would make the digits before it part of something larger ("12" in "12:30" or
/// "12th").
bool number_ends(std::u32string_view text, std::size_t position);

/// The value of at most eight digits; more are not looked at.
int value_of(std::u32string_view digits);

/// "007" → "7", "000" → "0", "" → "".
std::u32string without_leading_zeros(std::u32string_view digits);

/// "447" → "4 4 7".
std::u32string spell_digits(std::u32string_view digits);

}  // namespace parley::synthesis
