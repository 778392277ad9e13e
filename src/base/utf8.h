// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace parley {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;  ///< That it takes in UTF-8.
};

/// The first of a text that is not empty. A byte that belongs to no well-formed sequence (RFC 3629: no surrogates, no
/// overlong forms) is one U+FFFD.
CodePoint first_code_point(std::string_view text);

/// What is no Unicode scalar value is written as U+FFFD.
void append_utf8(std::string& text, char32_t value);

/// Text as code points. Every byte that belongs to no well-formed sequence (RFC 3629: no surrogates, no overlong forms)
/// gives one U+FFFD.
std::u32string decode_utf8(std::string_view text);

/// Code points as UTF-8; what is no Unicode scalar value is written as U+FFFD.
std::string encode_utf8(std::u32string_view text);

}  // namespace parley
