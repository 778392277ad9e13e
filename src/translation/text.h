// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace parley::translation {

/// Any bytes to clean text: invalid UTF-8 and control characters dropped, every run of white space one space, none at
/// the ends, typographic apostrophes and spaces made plain.
std::string clean_text(std::string_view bytes);

/// Case of the Latin, Greek and Cyrillic letters; everything else stays. Valid UTF-8 in and out.
std::string lower_case(std::string_view text);
std::string with_capital(std::string_view text);     ///< The first letter upper case.
std::string without_capital(std::string_view text);  ///< The first letter lower case.
bool has_capital(std::string_view text);             ///< The first letter is upper case.

/// A word and what stands between it and the word before. Words are letters, digits and the apostrophes between them; a
/// number keeps the points, commas and colons inside it ("19.99", "3:30").
struct Word {
  std::string before;
  std::string text;
};

/// A text taken apart so that it can be put together again: join(split_words(text)) == text.
struct Words {
  std::vector<Word> list;
  std::string after;  ///< What follows the last word.
};

Words split_words(std::string_view text);
std::string join(const Words& words);

/// Lower-case words with single spaces between them: what phrases are looked up by.
std::string fold(std::string_view text);

/// The words of a folded text.
std::vector<std::string> folded_words(std::string_view text);

bool has_words(std::string_view text);

/// The part of `text` after its first `count` words.
std::string_view after_words(std::string_view text, std::size_t count);

/// Without white space at the ends.
std::string_view trimmed(std::string_view text);

}  // namespace parley::translation
