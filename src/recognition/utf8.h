// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::recognition {

/// The text without bytes that are no UTF-8 (a model may stop inside a character), without control characters, with
/// space around it trimmed.
std::string clean_text(std::string_view bytes);

/// The characters of well-formed UTF-8, one after the other.
std::vector<std::string_view> characters_of(std::string_view text);

/// Whether there is anything to say in well-formed UTF-8: not only punctuation, notes of music and the like.
bool has_words(std::string_view text);

/// The letters and digits of a word in lower case, by which words are compared; the word itself when it has none.
std::string word_key(std::string_view word);

}  // namespace parley::recognition
