// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/text_for_speech.h"

#include <algorithm>

#include "base/utf8.h"
#include "synthesis/addresses_for_speech.h"
#include "synthesis/characters.h"
#include "synthesis/numbers_for_speech.h"
#include "synthesis/speech_words.h"

namespace parley::synthesis {
namespace {

struct CharacterRange {
  char32_t first;
  char32_t last;
};

// What nobody says: controls, invisible characters, arrows and pictures, private use, and the mark of broken UTF-8.
constexpr CharacterRange kUnspoken[] = {
    {0x00, 0x1F},     {0x7F, 0x9F},     {0xA9, 0xA9},     {0xAD, 0xAE},     {0x200B, 0x200F},
    {0x2028, 0x202E}, {0x205F, 0x206F}, {0x20D0, 0x218F}, {0x2190, 0x2211}, {0x2213, 0x2BFF},
    {0xE000, 0xF8FF}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFF0, 0xFFFF}, {0x1F000, 0x10FFFF},
};

bool is_unspoken(char32_t c) {
  return std::ranges::any_of(kUnspoken, [c](const auto& range) { return c >= range.first && c <= range.last; });
}

bool is_wide_space(char32_t c) { return c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x3000; }

// One spelling for each sign, where Unicode has several.
char32_t plain_form(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;   // full-width ASCII
  if (c >= U'०' && c <= U'९') return c - U'०' + U'0';  // Devanagari digits
  if (c == U'‘' || c == U'’' || c == U'ʼ' || c == U'′') return U'\'';
  if (c == U'“' || c == U'”' || c == U'„' || c == U'«' || c == U'»' || c == U'‹' || c == U'›') return U'"';
  if (c == U'‐' || c == U'‑' || c == U'−') return U'-';
  if (c == U'–' || c == U'―' || c == U'‒') return U'—';
  if (c == U'।' || c == U'॥' || c == U'。') return U'.';
  if (c == U'、') return U',';
  return c;
}

std::u32string clean(std::u32string_view text) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = plain_form(text[i]);
    const bool between_digits = !out.empty() && is_digit(out.back()) && is_digit(plain_form(at(text, i + 1)));
    if (is_wide_space(c)) {
      if (!between_digits) out += U' ';  // "10 000" with a narrow space is one number
    } else if (is_unspoken(c)) {
      out += U' ';
    } else if (c == U'—') {
      out += between_digits ? U"-" : U" — ";
    } else if (c == U'-' && !out.empty() && out.back() == U' ' && at(text, i + 1) == U' ') {
      out += U'—';
    } else if (text.substr(i, 3) == U"...") {
      out += U'…';
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

// Whole words only, so that "Dr." is found and "Dra" is not taken for it.
std::u32string expand_abbreviations(std::u32string_view text, const SpeechWords& words) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size();) {
    const bool word_begins = out.empty() || !is_word_character(out.back());
    const auto fits = [&](const Replacement& abbreviation) {
      return text.substr(i).starts_with(abbreviation.written) &&
             !is_word_character(at(text, i + abbreviation.written.size()));
    };
    const auto found = word_begins ? std::ranges::find_if(words.abbreviations, fits) : words.abbreviations.end();
    if (found == words.abbreviations.end()) {
      out += text[i++];
      continue;
    }
    out += found->spoken;
    i += found->written.size();
    if (i == text.size() && found->written.back() == U'.') out += U'.';  // it ended the sentence, too
  }
  return out;
}

// The keys of a telephone are named; in any other place these signs are decoration.
std::u32string name_keys(std::u32string_view text, const SpeechWords& words) {
  std::u32string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool key = (text[i] == U'#' || text[i] == U'*') && !is_letter(at(text, i - 1)) && !is_letter(at(text, i + 1));
    if (!key) {
      out += text[i];
      continue;
    }
    if (!out.empty() && out.back() != U' ') out += U' ';
    out += text[i] == U'#' ? words.hash : words.star;
    if (is_digit(at(text, i + 1))) out += U' ';
  }
  return out;
}

// One space between words, none before a mark, no sign that a phonemiser would spell out, no mark before the first
// word.
std::u32string tidy(std::u32string_view text) {
  std::u32string out;
  for (char32_t c : text) {
    if (std::u32string_view(U"^_~`|<>{}[]()\"\\=#*/¿¡•·").find(c) != std::u32string_view::npos) c = U' ';
    if (c == U' ' && (out.empty() || out.back() == U' ')) continue;
    if (is_clause_mark(c)) {
      if (out.empty()) continue;
      if (out.back() == U' ' && c != U'—') out.pop_back();
    }
    out += c;
  }
  while (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

}  // namespace

std::string text_for_speech(std::string_view text, const Language& language) {
  const SpeechWords& words = speech_words(language);
  const auto cleaned = expand_abbreviations(speak_addresses(clean(decode_utf8(text)), words), words);
  return encode_utf8(tidy(name_keys(speak_numbers(cleaned, words), words)));
}

bool is_speakable(std::string_view text) { return std::ranges::any_of(decode_utf8(text), is_word_character); }

}  // namespace parley::synthesis
