// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace parley::synthesis {

inline bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

/// Letters of the scripts that are spoken here, and what belongs to a word like one: ordinal signs and combining marks.
inline bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= U'a' && c <= U'z') || (c >= U'A' && c <= U'Z');
  return c == U'ª' || c == U'º' || c == U'µ' || (c >= 0xC0 && c < 0x2000 && c != U'×' && c != U'÷') ||
         (c >= 0x3040 && c < 0xD800);
}

inline bool is_word_character(char32_t c) { return is_letter(c) || is_digit(c); }

/// The marks that Kokoro hears: they end a clause and shape its melody.
inline bool is_clause_mark(char32_t c) { return std::u32string_view(U";:,.!?…—").find(c) != std::u32string_view::npos; }

/// The character at a position, 0 outside the text.
inline char32_t at(std::u32string_view text, std::size_t position) {
  return position < text.size() ? text[position] : U'\0';
}

}  // namespace parley::synthesis
