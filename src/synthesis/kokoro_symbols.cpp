// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_symbols.h"

#include <span>
#include <utility>

#include "base/utf8.h"

namespace parley::synthesis {
namespace {

struct Rule {
  std::u32string_view ipa;
  std::u32string_view symbol;
};

constexpr char32_t kSyllabic = 0x0329;  // under a consonant that makes a syllable: "bʌtn̩"

// Applied in order: longer ones come before their parts.
constexpr Rule kEnglish[] = {
    {U"ʔˌn\u0329", U"tᵊn"}, {U"ʔn\u0329", U"tᵊn"}, {U"ʔn", U"tᵊn"}, {U"e^ə", U"ɛː"},  {U"a^ɪ", U"I"},  {U"a^ʊ", U"W"},
    {U"d^ʒ", U"ʤ"},         {U"e^ɪ", U"A"},        {U"t^ʃ", U"ʧ"},  {U"ɔ^ɪ", U"Y"},   {U"ə^l", U"ᵊl"}, {U"ʲo", U"jo"},
    {U"ʲə", U"jə"},         {U"e", U"A"},          {U"ʲ", U""},     {U"ɚ", U"əɹ"},    {U"r", U"ɹ"},    {U"x", U"k"},
    {U"ç", U"k"},           {U"ɐ", U"ə"},          {U"ɬ", U"l"},    {U"\u0303", U""},
};
constexpr Rule kAmerican[] = {
    {U"o^ʊ", U"O"}, {U"ɜːɹ", U"ɜɹ"}, {U"ɜː", U"ɜɹ"}, {U"ɪə", U"iə"},
    {U"ː", U""},    {U"o", U"ɔ"},    {U"ɾ", U"T"},   {U"ʔ", U"t"},
};
constexpr Rule kBritish[] = {{U"iə", U"ɪə"}, {U"i^ə", U"ɪə"}, {U"ə^ʊ", U"Q"}, {U"o^ʊ", U"Q"},
                             {U"o", U"ɔ"},   {U"ɾ", U"T"},    {U"ʔ", U"t"}};
constexpr Rule kOther[] = {
    {U"a^ɪ", U"I"}, {U"a^ʊ", U"W"}, {U"d^z", U"ʣ"}, {U"d^ʒ", U"ʤ"}, {U"e^ɪ", U"A"}, {U"o^ʊ", U"O"},
    {U"ə^ʊ", U"Q"}, {U"s^s", U"S"}, {U"t^s", U"ʦ"}, {U"t^ʃ", U"ʧ"}, {U"ɔ^ɪ", U"Y"},
};

void apply(std::span<const Rule> rules, std::u32string& text) {
  for (const auto& [ipa, symbol] : rules) {
    for (std::size_t i = text.find(ipa); i != std::u32string::npos; i = text.find(ipa, i + symbol.size()))
      text.replace(i, ipa.size(), symbol);
  }
}

void remove_language_notes(std::u32string& text) {
  for (std::size_t open = text.find(U'('); open != std::u32string::npos; open = text.find(U'(', open)) {
    const std::size_t close = text.find(U')', open);
    text.erase(open, close == std::u32string::npos ? 1 : close + 1 - open);
  }
}

// "n̩" is spelt as a short vowel before the consonant.
void spell_syllabic_consonants(std::u32string& text) {
  std::u32string out;
  for (const char32_t c : text) {
    if (c != kSyllabic) {
      out += c;
    } else if (!out.empty() && out.back() != U' ') {
      const char32_t consonant = out.back();
      out.back() = U'ᵊ';
      out += consonant;
    }
  }
  text = std::move(out);
}

}  // namespace

std::string kokoro_symbols(std::string_view ipa, SymbolSet set) {
  std::u32string text = decode_utf8(ipa);
  remove_language_notes(text);
  if (set == SymbolSet::kOther) {
    apply(kOther, text);
  } else {
    apply(kEnglish, text);
    spell_syllabic_consonants(text);
    apply(set == SymbolSet::kAmericanEnglish ? std::span<const Rule>(kAmerican) : std::span<const Rule>(kBritish),
          text);
  }
  std::erase_if(text, [](char32_t c) { return c == U'^' || c == U'-' || c == U'_'; });
  return encode_utf8(text);
}

}  // namespace parley::synthesis
