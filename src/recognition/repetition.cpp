// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/repetition.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

namespace parley::recognition {
namespace {

constexpr std::size_t kLongestPhrase = 30;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/// Letters and digits in lower case. Bytes beyond ASCII are kept as they are: they are letters of some script.
std::string key_of(std::string_view word) {
  std::string key;
  for (char c : word) {
    if (c >= 'A' && c <= 'Z') {
      key.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
      key.push_back(c);
    }
  }
  return key;
}

struct Words {
  std::vector<std::string> keys;
  std::vector<std::size_t> ends;  ///< Where in the text each word ends.
};

Words split(std::string_view text) {
  Words words;
  for (std::size_t at = 0; at < text.size();) {
    if (is_space(text[at])) {
      ++at;
      continue;
    }
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    words.keys.push_back(key_of(text.substr(begin, at - begin)));
    words.ends.push_back(at);
  }
  return words;
}

/// Words that stay when the words before `end` finish with `phrase` words said often enough and the rest begins them once more.
std::optional<std::size_t> words_without_loop(std::span<const std::string> words, std::size_t phrase, std::size_t end) {
  const std::size_t needed = phrase >= 3 ? 2 : 3;
  if (end < phrase * needed) return std::nullopt;
  const auto tail = words.subspan(end - phrase, phrase);
  for (std::size_t k = 1; k < needed; ++k) {
    if (!std::ranges::equal(words.subspan(end - phrase * (k + 1), phrase), tail)) return std::nullopt;
  }
  const auto rest = words.subspan(end);
  if (!std::ranges::equal(rest, tail.first(rest.size()))) return std::nullopt;
  std::size_t start = end - phrase;
  while (start >= phrase && std::ranges::equal(words.subspan(start - phrase, phrase), tail)) start -= phrase;
  return start + phrase;
}

}  // namespace

std::string without_repeated_tail(std::string_view text) {
  const Words words = split(text);
  const std::size_t count = words.keys.size();
  for (std::size_t phrase = std::min(kLongestPhrase, count / 2); phrase > 0; --phrase) {
    for (std::size_t unfinished = 0; unfinished < phrase; ++unfinished) {
      const auto kept = words_without_loop(words.keys, phrase, count - unfinished);
      if (kept) return std::string(text.substr(0, words.ends[*kept - 1]));
    }
  }
  return std::string(text);
}

}  // namespace parley::recognition
