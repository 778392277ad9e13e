// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/svg_text.h"

#include "base/utf8.h"

namespace parley::app {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

bool turns_direction(char32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

bool is_space(char32_t c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029; }

bool is_forbidden(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c & 0xFFFEU) == 0xFFFE || turns_direction(c);
}

/// Of the font's size.
double advance(char32_t c) {
  if (c == ' ' || c == ',' || c == '.' || c == '\'' || c == 'i' || c == 'l' || c == 'j' || c == 't' || c == 'f')
    return 0.34;
  if (c == 'm' || c == 'w' || c == 'M' || c == 'W') return 0.92;
  if (c >= 'A' && c <= 'Z') return 0.7;
  if (c >= 0x1100) return 1.05;
  return 0.6;
}

}  // namespace

std::string escape_xml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    text.remove_prefix(next.bytes);
    switch (next.value) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default:
        if (is_space(next.value)) {
          escaped += ' ';
        } else {
          append_utf8(escaped, is_forbidden(next.value) ? kReplacement : next.value);
        }
    }
  }
  return escaped;
}

double text_width(std::string_view text, double font_size) {
  double width = 0.0;
  while (!text.empty()) {
    const CodePoint next = first_code_point(text);
    text.remove_prefix(next.bytes);
    width += advance(next.value);
  }
  return width * font_size;
}

std::string shorten(std::string_view text, double width, double font_size) {
  if (text_width(text, font_size) <= width) return std::string(text);
  constexpr std::size_t kFewest = 3;
  const double room = width - font_size;  // For the ellipsis.
  double used = 0.0;
  std::size_t bytes = 0;
  std::size_t characters = 0;
  while (bytes < text.size()) {
    const CodePoint next = first_code_point(text.substr(bytes));
    if (used + advance(next.value) * font_size > room) break;
    used += advance(next.value) * font_size;
    bytes += next.bytes;
    ++characters;
  }
  if (characters < kFewest) return {};
  text = text.substr(0, bytes);
  return std::string(text.substr(0, text.find_last_not_of(' ') + 1)) + "…";
}

}  // namespace parley::app
