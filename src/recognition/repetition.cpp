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

/// Letters and digits in lower case; the word itself when it has none. Bytes beyond ASCII stay: they are letters of some script.
std::string key_of(std::string_view word) {
  std::string key;
  for (char c : word) {
    if (c >= 'A' && c <= 'Z') {
      key.push_back(static_cast<char>(c - 'A' + 'a'));
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80) {
      key.push_back(c);
    }
  }
  return key.empty() ? std::string(word) : key;
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

/// Words that stay when the shortest phrase that the end repeats is said once; nothing when the end repeats none.
std::optional<std::size_t> words_without_loop(std::span<const std::string> words) {
  for (std::size_t phrase = 1; phrase <= std::min(kLongestPhrase, words.size() / 2); ++phrase) {
    std::size_t start = words.size() - phrase;
    while (start > 0 && words[start - 1] == words[start - 1 + phrase]) --start;
    const std::size_t times = phrase >= 3 ? 2 : 3;
    if (words.size() - start >= times * phrase) return start + phrase;
  }
  return std::nullopt;
}

}  // namespace

std::string without_repeated_tail(std::string_view text) {
  const Words words = split(text);
  std::size_t count = words.keys.size();
  // A loop may sit inside a longer one, so once more until nothing repeats. Each turn leaves fewer words.
  for (auto kept = std::optional(count); kept; kept = words_without_loop(std::span(words.keys).first(count))) count = *kept;
  return std::string(count == words.keys.size() ? text : text.substr(0, words.ends[count - 1]));
}

}  // namespace parley::recognition
