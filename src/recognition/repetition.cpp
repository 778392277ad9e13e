// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/repetition.h"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kLongestPhrase = 30;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

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
    words.keys.push_back(word_key(text.substr(begin, at - begin)));
    words.ends.push_back(at);
  }
  return words;
}

/// How often something of `length` must be said to be a loop.
using Times = std::size_t (*)(std::size_t length);

std::size_t times_for_words(std::size_t length) { return length >= 3 ? 2 : 3; }
std::size_t times_for_characters(std::size_t) { return 4; }

/// Units that stay when the shortest phrase that the end repeats is said once; nothing when the end repeats none.
template <typename Unit>
std::optional<std::size_t> units_without_loop(std::span<const Unit> units, Times times) {
  for (std::size_t phrase = 1; phrase <= std::min(kLongestPhrase, units.size() / 2); ++phrase) {
    std::size_t start = units.size() - phrase;
    while (start > 0 && units[start - 1] == units[start - 1 + phrase]) --start;
    if (units.size() - start >= times(phrase) * phrase) return start + phrase;
  }
  return std::nullopt;
}

/// A loop may sit inside a longer one, so once more until nothing repeats. Each turn leaves fewer units.
template <typename Unit>
std::size_t count_without_loops(std::span<const Unit> units, Times times) {
  while (const auto kept = units_without_loop(units, times)) units = units.first(*kept);
  return units.size();
}

std::string_view without_repeated_words(std::string_view text) {
  const Words words = split(text);
  const std::size_t kept = count_without_loops(std::span<const std::string>(words.keys), times_for_words);
  return kept == words.keys.size() ? text : text.substr(0, words.ends[kept - 1]);
}

std::string_view without_repeated_characters(std::string_view text) {
  const auto characters = characters_of(text);
  const std::size_t kept = count_without_loops(std::span<const std::string_view>(characters), times_for_characters);
  std::size_t length = 0;
  for (std::size_t i = 0; i < kept; ++i) length += characters[i].size();
  return text.substr(0, length);
}

}  // namespace

std::string without_repeated_tail(std::string_view text) {
  return std::string(without_repeated_characters(without_repeated_words(text)));
}

}  // namespace parley::recognition
