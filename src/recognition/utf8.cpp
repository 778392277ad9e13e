// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utf8.h"

#include <algorithm>

#include "base/utf8.h"

namespace parley::recognition {
namespace {

/// A letter or a digit. Beyond ASCII all but punctuation and symbols is taken for letters.
bool is_spoken(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F);
}

/// Simple case folding of the Latin, Greek and Cyrillic letters of living languages.
char32_t lower(char32_t c) {
  const auto within = [c](char32_t first, char32_t last) { return c >= first && c <= last; };
  if (within('A', 'Z') || within(0xC0, 0xDE) || within(0x391, 0x3A9) || within(0x410, 0x42F)) return c + 0x20;
  if (within(0x400, 0x40F)) return c + 0x50;
  const bool even_is_capital = within(0x100, 0x137) || within(0x14A, 0x177) || within(0x1EA0, 0x1EFF);
  const bool odd_is_capital = within(0x139, 0x148) || within(0x179, 0x17E);
  if ((even_is_capital && c % 2 == 0) || (odd_is_capital && c % 2 == 1)) return c + 1;
  return c;
}

}  // namespace

std::string clean_text(std::string_view bytes) {
  std::u32string text;
  for (const char32_t c : decode_utf8(bytes)) {
    if (c != 0xFFFD) text.push_back(c < 0x20 || c == 0x7F ? U' ' : c);
  }
  const std::size_t first = text.find_first_not_of(U' ');
  if (first == std::u32string::npos) return {};
  return encode_utf8(std::u32string_view(text).substr(first, text.find_last_not_of(U' ') - first + 1));
}

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    characters.push_back(text.substr(0, first_code_point(text).bytes));
    text.remove_prefix(characters.back().size());
  }
  return characters;
}

bool has_words(std::string_view text) { return std::ranges::any_of(decode_utf8(text), is_spoken); }

std::string word_key(std::string_view word) {
  std::u32string key;
  for (const char32_t c : decode_utf8(word)) {
    if (is_spoken(c)) key.push_back(lower(c));
  }
  return key.empty() ? std::string(word) : encode_utf8(key);
}

}  // namespace parley::recognition
