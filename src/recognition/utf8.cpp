// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utf8.h"

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

}  // namespace parley::recognition
