// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/sentences.h"

#include <algorithm>

#include "translation/text.h"

namespace parley::translation {
namespace {

constexpr std::size_t kMostWordBytes = 80;
constexpr std::size_t kBytesPerWord = 8;
constexpr std::string_view kMarks[] = {".", "?", "!", "\u2026", "\u3002", "\uFF1F", "\uFF01"};
constexpr std::string_view kClosers[] = {"\"", "'", ")", "]", "\u201D", "\u00BB"};

template <std::size_t N>
std::size_t starts_with_any(std::string_view text, const std::string_view (&of)[N]) {
  for (const auto mark : of) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

/// "Mr", "e.g", "J": what a point after it does not end.
bool is_abbreviation(std::string_view before, const LanguageRules& rules) {
  const auto space = before.rfind(' ');
  const std::string word = lower_case(space == std::string_view::npos ? before : before.substr(space + 1));
  const bool initial = word.size() == 1 && word[0] >= 'a' && word[0] <= 'z' && word != "i" &&
                       has_capital(before.substr(before.size() - 1));
  return initial || rules.abbreviations.contains(word) || rules.abbreviations.contains(fold(word));
}

/// Whether the marks at the end of `sentence` end it, seeing what follows.
bool ends_sentence(std::string_view sentence, std::string_view rest, const LanguageRules& rules) {
  const std::string_view mark = final_mark(sentence);
  if (mark.find_first_of("?!") != std::string_view::npos) return true;
  const bool trails_off = mark != ".";
  const bool next_is_lower =
      has_words(rest) && !has_capital(rest) && !(trimmed(rest).front() >= '0' && trimmed(rest).front() <= '9');
  if (trails_off) return !next_is_lower;
  return !is_abbreviation(without_final_mark(sentence), rules);
}

/// Where to divide the words [first, last): before the last clause of the second half, else at the end.
std::size_t place_to_divide(const Words& words, std::size_t first, std::size_t last, const LanguageRules& rules) {
  for (std::size_t i = last; i > first + (last - first) / 2; --i) {
    if (i == words.list.size()) continue;
    const Word& word = words.list[i];
    if (word.before.find_first_of(",;:") != std::string::npos || rules.clause_words.contains(lower_case(word.text)))
      return i;
  }
  return last;
}

/// The end of the longest piece that begins at `first`.
std::size_t end_of_piece(const Words& words, std::size_t first, std::size_t most_words) {
  std::size_t bytes = 0;
  std::size_t end = first;
  while (end < words.list.size() && end - first < most_words) {
    bytes += words.list[end].before.size() + words.list[end].text.size();
    if (end > first && bytes > most_words * kBytesPerWord) break;
    ++end;
  }
  return end;
}

/// Text without spaces of any length, in pieces that end between characters.
void divide_long_word(Word word, std::vector<Word>& into) {
  while (word.text.size() > kMostWordBytes) {
    std::size_t at = kMostWordBytes;
    while (at > 1 && (static_cast<unsigned char>(word.text[at]) & 0xC0U) == 0x80U) --at;
    into.push_back({word.before, word.text.substr(0, at)});
    word = {" ", word.text.substr(at)};
  }
  into.push_back(std::move(word));
}

}  // namespace

std::string_view without_final_mark(std::string_view sentence) {
  std::string_view rest = trimmed(sentence);
  for (bool found = true; found && !rest.empty();) {
    found = false;
    for (const auto mark : kMarks) {
      if (rest.ends_with(mark)) {
        rest.remove_suffix(mark.size());
        found = true;
      }
    }
  }
  return rest;
}

std::string_view final_mark(std::string_view sentence) {
  const std::string_view whole = trimmed(sentence);
  return whole.substr(without_final_mark(whole).size());
}

std::vector<std::string> split_sentences(std::string_view text, const LanguageRules& rules) {
  std::vector<std::string> sentences;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t mark = starts_with_any(text.substr(at), kMarks);
    if (mark == 0) {
      ++at;
      continue;
    }
    for (; mark != 0; mark = starts_with_any(text.substr(at), kMarks)) at += mark;
    const std::string_view sentence = text.substr(begin, at - begin);
    while (const std::size_t closer = starts_with_any(text.substr(at), kClosers)) at += closer;
    const bool at_end = at >= text.size();
    if (at_end || (text[at] == ' ' && ends_sentence(sentence, text.substr(at), rules))) {
      sentences.emplace_back(trimmed(text.substr(begin, at - begin)));
      begin = at;
    }
  }
  if (!trimmed(text.substr(begin)).empty()) sentences.emplace_back(trimmed(text.substr(begin)));
  std::erase_if(sentences, [](const std::string& sentence) { return !has_words(sentence); });
  return sentences;
}

std::vector<std::string> split_long_sentence(std::string_view sentence, std::size_t most_words,
                                             const LanguageRules& rules) {
  Words words = split_words(sentence);
  std::vector<Word> divided;
  for (Word& word : words.list) divide_long_word(std::move(word), divided);
  words.list = std::move(divided);
  std::vector<std::string> pieces;
  for (std::size_t first = 0; first < words.list.size();) {
    const std::size_t last = end_of_piece(words, first, most_words);
    const std::size_t end = last == words.list.size() ? last : place_to_divide(words, first, last, rules);
    Words piece{{words.list.begin() + static_cast<long>(first), words.list.begin() + static_cast<long>(end)}, {}};
    piece.after = end == words.list.size() ? words.after : words.list[end].before;
    if (first > 0) piece.list.front().before.clear();
    pieces.emplace_back(trimmed(join(piece)));
    first = end;
  }
  return pieces;
}

std::vector<std::string> split_clauses(std::string_view sentence) {
  std::vector<std::string> clauses;
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= sentence.size(); ++at) {
    const bool at_end = at == sentence.size();
    const bool divides = !at_end && (sentence[at] == ',' || sentence[at] == ';') &&
                         (at + 1 == sentence.size() || sentence[at + 1] == ' ');
    if (!at_end && !divides) continue;
    if (const auto clause = trimmed(sentence.substr(begin, at - begin)); has_words(clause))
      clauses.emplace_back(clause);
    begin = at + 1;
  }
  return clauses;
}

}  // namespace parley::translation
