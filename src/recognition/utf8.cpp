// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utf8.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace parley::recognition {
namespace {

bool continues(std::string_view bytes, std::size_t at) { return at < bytes.size() && (static_cast<unsigned char>(bytes[at]) & 0xC0U) == 0x80; }

/// Length of the well-formed character that begins at `at` (RFC 3629), 0 when there is none.
std::size_t character_length(std::string_view bytes, std::size_t at) {
  const auto lead = static_cast<unsigned char>(bytes[at]);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(bytes, at + i)) return 0;
    code = (code << 6U) | (static_cast<unsigned char>(bytes[at + i]) & 0x3FU);
  }
  const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return overlong || surrogate || code > 0x10FFFF ? 0 : length;
}

}  // namespace

std::string clean_text(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = character_length(bytes, at);
    const auto lead = static_cast<unsigned char>(bytes[at]);
    if (length == 1 && (lead < 0x20 || lead == 0x7F)) {
      text.push_back(' ');
    } else {
      text.append(bytes, at, length);
    }
    at += length == 0 ? 1 : length;
  }
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

std::vector<std::string_view> characters_of(std::string_view text) {
  std::vector<std::string_view> characters;
  while (!text.empty()) {
    const std::size_t length = std::max<std::size_t>(character_length(text, 0), 1);
    characters.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return characters;
}

bool has_words(std::string_view text) {
  const auto is_letter = [](std::string_view character) {
    const char lead = character.front();
    if (character.size() == 1) return (lead >= '0' && lead <= '9') || (lead >= 'A' && lead <= 'Z') || (lead >= 'a' && lead <= 'z');
    // Punctuation and symbols: U+00A1 to U+00BF, U+2000 to U+2BFF, U+3000 to U+303F.
    return !character.starts_with("\xC2") && !(character >= "\xE2\x80\x80" && character <= "\xE2\xAF\xBF") &&
           !character.starts_with("\xE3\x80");
  };
  return std::ranges::any_of(characters_of(text), is_letter);
}

}  // namespace parley::recognition
