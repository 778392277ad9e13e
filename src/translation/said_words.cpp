// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/said_words.h"

#include <algorithm>

#include "translation/sentences.h"
#include "translation/text.h"

namespace parley::translation {

void append_words(std::string& text, std::string_view words) {
  if (!has_words(words)) return;
  if (!text.empty()) text += ' ';
  text += words;
}

std::string_view rest_of(std::string_view translation, std::string_view said) {
  std::string_view rest = translation.substr(std::min(said.size(), translation.size()));
  if (said.empty()) return rest;
  const auto first = rest.find_first_not_of(" .,;:?!");
  return first == std::string_view::npos ? std::string_view() : rest.substr(first);
}

std::string first_words(std::string_view text, std::size_t count) {
  const auto words = spaced_words(text);
  std::string first;
  for (std::size_t i = 0; i < std::min(count, words.size()); ++i) first.append(i > 0 ? " " : "").append(words[i]);
  return count < words.size() ? first : std::string(without_final_mark(first));
}

SayableWords::SayableWords(const WrittenWords& source, const LanguageRules& target_rules,
                           const Translation& translation, std::size_t begin, std::size_t said, std::size_t settled)
    : source_(source),
      target_{spaced_words(translation.text), target_rules},
      translation_(translation),
      begin_(begin),
      said_(said),
      settled_(std::max(said, std::min({settled, translation.words.size(), target_.list.size()}))) {}

std::size_t SayableWords::of_clause(std::size_t boundary) const {
  const auto& words = translation_.words;
  const std::size_t end = aligned_before(boundary);
  const bool torn =
      std::any_of(words.begin() + static_cast<long>(std::min(end, words.size())), words.end(),
                  [&](const AlignedWord& word) { return word.source && begin_ + *word.source < boundary; });
  return torn ? said_ : backed_off(end);
}

std::size_t SayableWords::looking_before(std::size_t limit) const { return backed_off(aligned_before(limit)); }

std::size_t SayableWords::furthest_source(std::size_t end) const {
  std::size_t furthest = begin_;
  for (std::size_t i = 0; i < std::min(end, translation_.words.size()); ++i) {
    furthest = std::max(furthest, begin_ + translation_.words[i].source.value_or(0) + 1);
  }
  return furthest;
}

std::size_t SayableWords::aligned_before(std::size_t limit) const {
  const auto& words = translation_.words;
  std::size_t end = said_;
  while (end < settled_ && words[end].source && begin_ + *words[end].source < limit) ++end;
  return end;
}

std::size_t SayableWords::backed_off(std::size_t end) const {
  while (end > said_ && !may_end_at(end)) --end;
  return end;
}

bool SayableWords::may_end_at(std::size_t end) const {
  const bool counts = is_numeral(target_, end - 1) && !begins_clause(target_, end);  // "two | boxes"
  if (counts || leads_on(target_, end - 1) || !may_part_at(target_, end)) return false;
  const auto from = translation_.words[end - 1].source;
  return from && may_part_at(source_, begin_ + *from + 1);
}

}  // namespace parley::translation
