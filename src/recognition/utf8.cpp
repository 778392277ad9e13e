// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utf8.h"

#include <algorithm>

#include "base/utf8.h"

namespace parley::recognition {

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

bool has_words(std::string_view text) {
  return std::ranges::any_of(decode_utf8(text), [](char32_t c) {
    if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    // Beyond ASCII all but punctuation and symbols is taken for letters.
    return c >= 0xC0 && !(c >= 0x2000 && c <= 0x2BFF) && !(c >= 0x3000 && c <= 0x303F);
  });
}

}  // namespace parley::recognition
