// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/phonemes.h"

#include <algorithm>
#include <array>

#include "base/utf8.h"
#include "synthesis/characters.h"
#include "synthesis/espeak.h"

namespace parley::synthesis {
namespace {

constexpr Accent kBritishEnglish{"en-gb-x-rp", SymbolSet::kBritishEnglish};

struct LanguageAccent {
  std::string_view code;
  Accent accent;
};

constexpr std::array<LanguageAccent, 6> kAccents = {{
    {"en", {"en-us", SymbolSet::kAmericanEnglish}},
    {"pt", {"pt-br", SymbolSet::kOther}},
    {"es", {"es", SymbolSet::kOther}},
    {"fr", {"fr", SymbolSet::kOther}},
    {"it", {"it", SymbolSet::kOther}},
    {"hi", {"hi", SymbolSet::kOther}},
}};

// A clause and the mark that ends it, 0 at an end without one.
struct Clause {
  std::u32string_view words;
  char32_t mark = 0;
};

// The last full stop of "U.S." or "p.m.".
bool ends_initials(std::u32string_view text, std::size_t position) {
  return position >= 2 && text[position] == U'.' && text[position - 2] == U'.' && is_letter(text[position - 1]);
}

bool is_clause_end(std::u32string_view text, std::size_t position) {
  if (!is_clause_mark(text[position])) return false;
  const char32_t next = at(text, position + 1);
  if (next == U' ' && ends_initials(text, position)) return false;
  return text[position] == U'—' || next == 0 || next == U' ' || is_clause_mark(next);
}

// Takes the next clause off the text; of several marks in a row the first one counts.
Clause take_clause(std::u32string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && !is_clause_end(text, end)) ++end;
  const Clause clause{text.substr(0, end), at(text, end)};
  while (end < text.size() && (is_clause_mark(text[end]) || text[end] == U' ')) ++end;
  text.remove_prefix(end);
  return clause;
}

}  // namespace

const Accent* find_accent(const Language& language, std::string_view voice) {
  if (language.code() == "en" && (voice.starts_with("bf_") || voice.starts_with("bm_"))) return &kBritishEnglish;
  const auto found = std::ranges::find(kAccents, language.code(), &LanguageAccent::code);
  return found == kAccents.end() ? nullptr : &found->accent;
}

Result<std::string> to_phonemes(std::string_view text, const Accent& accent) {
  const std::u32string decoded = decode_utf8(text);
  std::string out;
  for (std::u32string_view rest = decoded; !rest.empty();) {
    const Clause clause = take_clause(rest);
    if (std::ranges::none_of(clause.words, is_word_character)) continue;
    const auto ipa = espeak_ipa(encode_utf8(clause.words), accent.espeak_voice);
    if (!ipa) return std::unexpected(ipa.error());
    const std::string symbols = kokoro_symbols(*ipa, accent.symbols);
    if (symbols.empty()) continue;
    if (!out.empty()) out += ' ';
    out += symbols;
    if (clause.mark != 0) out += encode_utf8(std::u32string_view(&clause.mark, 1));
  }
  return out;
}

}  // namespace parley::synthesis
