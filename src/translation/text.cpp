// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/text.h"

#include <algorithm>
#include <utility>

#include "base/utf8.h"

namespace parley::translation {
namespace {

bool is_digit(char32_t c) { return c >= '0' && c <= '9'; }

bool is_space(char32_t c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xA0 || (c >= 0x2000 && c <= 0x200A) ||
         c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x3000;
}

/// Controls, soft hyphen, zero-width and direction marks, byte order mark.
bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || c == 0xFFFD;
}

/// Letters of every script, roughly: all that is beyond ASCII and is no punctuation or symbol block.
bool is_letter(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xC0) return c == 0xAA || c == 0xBA;
  return c != 0xD7 && c != 0xF7 && c != 0xFFFD && !(c >= 0x2000 && c < 0x2C00) && !(c >= 0x3000 && c < 0x3040);
}

bool is_between(char32_t c, char32_t first, char32_t last) { return c >= first && c <= last; }

/// Latin Extended-A has pairs of upper and lower case, upper first at even code points but for these two stretches.
bool upper_is_odd(char32_t c) { return is_between(c, 0x139, 0x148) || is_between(c, 0x179, 0x17E); }

char32_t to_lower(char32_t c) {
  if (is_between(c, 'A', 'Z') || (is_between(c, 0xC0, 0xDE) && c != 0xD7)) return c + 32;
  if (c == 0x178) return 0xFF;
  if (is_between(c, 0x100, 0x17E) && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149) {
    return upper_is_odd(c) ? c + (c % 2) : c + (1 - c % 2);
  }
  if (is_between(c, 0x391, 0x3A9) || is_between(c, 0x410, 0x42F)) return c + 32;
  if (is_between(c, 0x400, 0x40F)) return c + 80;
  return c;
}

char32_t to_upper(char32_t c) {
  if (is_between(c, 'a', 'z') || (is_between(c, 0xE0, 0xFE) && c != 0xF7)) return c - 32;
  if (c == 0xFF) return 0x178;
  if (is_between(c, 0x100, 0x17E) && c != 0x130 && c != 0x131 && c != 0x138 && c != 0x149) {
    return upper_is_odd(c) ? c - (1 - c % 2) : c - (c % 2);
  }
  if ((is_between(c, 0x3B1, 0x3C9) && c != 0x3C2) || is_between(c, 0x430, 0x44F)) return c - 32;
  if (is_between(c, 0x450, 0x45F)) return c - 80;
  return c;
}

/// Calls see(code point, bytes at which it begins) until it says false.
template <typename See>
void for_code_points(std::string_view text, const See& see) {
  for (std::size_t at = 0; at < text.size();) {
    const auto point = first_code_point(text.substr(at));
    if (!see(point, at)) return;
    at += point.bytes;
  }
}

std::string with_first_letter(std::string_view text, char32_t (*change)(char32_t)) {
  std::string result(text);
  for_code_points(text, [&](CodePoint point, std::size_t at) {
    if (!is_letter(point.value) && !is_digit(point.value)) return true;
    std::string letter;
    append_utf8(letter, change(point.value));
    result.replace(at, point.bytes, letter);
    return false;
  });
  return result;
}

/// Whether a mark at `at` stands inside a word: an apostrophe between letters, or a point, comma or colon between
/// digits.
bool is_inner(char32_t mark, char32_t before, std::string_view text, std::size_t next) {
  if (next >= text.size()) return false;
  const auto following = first_code_point(text.substr(next));
  if (mark == '\'') return is_letter(before) && is_letter(following.value);
  if (mark == '.' || mark == ',' || mark == ':') return is_digit(before) && is_digit(following.value);
  return false;
}

}  // namespace

std::string clean_text(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  bool space = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const auto point = first_code_point(bytes.substr(at));
    at += point.bytes;
    if (is_space(point.value)) {
      space = true;
    } else if (!is_invisible(point.value)) {
      if (space && !text.empty()) text.push_back(' ');
      space = false;
      append_utf8(text, point.value == 0x2019 || point.value == 0x2018 ? U'\'' : point.value);
    }
  }
  return text;
}

std::string lower_case(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for_code_points(text, [&](CodePoint point, std::size_t) {
    append_utf8(result, to_lower(point.value));
    return true;
  });
  return result;
}

std::string with_capital(std::string_view text) { return with_first_letter(text, to_upper); }
std::string without_capital(std::string_view text) { return with_first_letter(text, to_lower); }

bool has_capital(std::string_view text) {
  bool capital = false;
  for_code_points(text, [&](CodePoint point, std::size_t) {
    if (!is_letter(point.value) && !is_digit(point.value)) return true;
    capital = to_lower(point.value) != point.value;
    return false;
  });
  return capital;
}

Words split_words(std::string_view text) {
  Words words;
  std::string between;
  std::string word;
  char32_t last = 0;
  const auto finish = [&] {
    if (!word.empty()) words.list.push_back({std::exchange(between, {}), std::exchange(word, {})});
  };
  for_code_points(text, [&](CodePoint point, std::size_t at) {
    const bool inside = is_letter(point.value) || is_digit(point.value) ||
                        (!word.empty() && is_inner(point.value, last, text, at + point.bytes));
    if (!inside) finish();
    (inside ? word : between).append(text.substr(at, point.bytes));
    last = point.value;
    return true;
  });
  finish();
  words.after = std::move(between);
  return words;
}

std::string join(const Words& words) {
  std::string text;
  for (const Word& word : words.list) text += word.before + word.text;
  return text + words.after;
}

std::vector<std::string> folded_words(std::string_view text) {
  std::vector<std::string> folded;
  for (const Word& word : split_words(text).list) folded.push_back(lower_case(word.text));
  return folded;
}

std::string fold(std::string_view text) {
  std::string folded;
  for (const std::string& word : folded_words(text)) folded += (folded.empty() ? "" : " ") + word;
  return folded;
}

bool has_words(std::string_view text) { return !split_words(text).list.empty(); }

std::string_view after_words(std::string_view text, std::size_t count) {
  std::size_t at = 0;
  const Words words = split_words(text);
  for (std::size_t i = 0; i < std::min(count, words.list.size()); ++i)
    at += words.list[i].before.size() + words.list[i].text.size();
  return text.substr(at);
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

}  // namespace parley::translation
