// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/piece_words.h"

#include "recognition/repetition.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

/// Space and control characters. No byte of a longer UTF-8 sequence looks like one.
bool separates(char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; }

/// A token belongs to the word that its last letter writes.
std::vector<PieceWord> split(std::span<const PieceToken> tokens) {
  std::vector<PieceWord> words;
  bool inside = false;
  for (const PieceToken& token : tokens) {
    for (const char c : token.text) {
      if (!separates(c) && !inside) words.emplace_back();
      inside = !separates(c);
      if (inside) words.back().text += c;
    }
    if (inside) words.back().tokens.push_back(token);
  }
  for (auto& word : words) word.text = clean_text(word.text);
  std::erase_if(words, [](const PieceWord& word) { return word.text.empty(); });
  return words;
}

std::string joined(std::span<const PieceWord> words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

void cut_repeated_tail(std::vector<PieceWord>& words) {
  std::size_t left = without_repeated_tail(joined(words)).size();
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto& text = words[i].text;
    if (left < text.size()) text.resize(left);  // The loop began inside this word.
    left -= text.size();
    if (left == 0) words.resize(i + (text.empty() ? 0 : 1));
    if (left > 0) --left;  // The space.
  }
}

}  // namespace

std::vector<PieceWord> words_of(std::span<const PieceToken> tokens, bool complete) {
  auto words = split(tokens);
  if (!complete) cut_repeated_tail(words);
  if (!has_words(joined(words))) words.clear();
  return words;
}

}  // namespace parley::recognition
