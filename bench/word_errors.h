// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley::bench {

/// English as it is compared: lower case, numbers in words, no punctuation, spellings that sound alike made one.
std::string normalized_english(std::string_view text);

/// Portuguese as it is compared: lower case, without punctuation, the one number that occurs in words.
std::string normalized_portuguese(std::string_view text);

struct WordErrors {
  std::size_t errors = 0;  ///< Words inserted, deleted and replaced (Levenshtein).
  std::size_t words = 0;   ///< Words that were said.

  double rate() const { return words == 0 ? 0.0 : static_cast<double>(errors) / static_cast<double>(words); }
  WordErrors& operator+=(const WordErrors& other);
};

/// Compares two normalised texts word by word.
WordErrors count_word_errors(std::string_view said, std::string_view heard);

}  // namespace parley::bench
