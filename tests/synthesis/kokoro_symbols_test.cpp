// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_symbols.h"

#include <gtest/gtest.h>

namespace parley::synthesis {
namespace {

std::string american(std::string_view ipa) { return kokoro_symbols(ipa, SymbolSet::kAmericanEnglish); }
std::string british(std::string_view ipa) { return kokoro_symbols(ipa, SymbolSet::kBritishEnglish); }
std::string other(std::string_view ipa) { return kokoro_symbols(ipa, SymbolSet::kOther); }

TEST(KokoroSymbols, AmericanDiphthongsAndAffricatesAreOneLetter) {
  EXPECT_EQ(american("həlˈo^ʊ"), "həlˈO");
  EXPECT_EQ(american("nˈa^ɪn nˈa^ʊ bˈɔ^ɪ dˈe^ɪ"), "nˈIn nˈW bˈY dˈA");
  EXPECT_EQ(american("t^ʃˈɛk d^ʒˈɑːb"), "ʧˈɛk ʤˈɑb");
}

TEST(KokoroSymbols, AmericanVowelsLoseTheirLengthAndColourTheirR) {
  EXPECT_EQ(american("fˈoː^ɹ"), "fˈɔɹ");
  EXPECT_EQ(american("θˈɜːɾi"), "θˈɜɹTi");
  EXPECT_EQ(american("wˈɔːɾɚ"), "wˈɔTəɹ");
  EXPECT_EQ(american("zˈi^əɹo^ʊ"), "zˈiəɹO");
}

TEST(KokoroSymbols, SyllabicConsonantsGetAVowel) {
  EXPECT_EQ(american("bˈʌʔn̩"), "bˈʌtᵊn");
  EXPECT_EQ(american("lˈɪsn̩"), "lˈɪsᵊn");
  EXPECT_EQ(american("ˈæpə^l"), "ˈæpᵊl");
  EXPECT_EQ(american("\u0329n"), "n");
}

TEST(KokoroSymbols, BritishKeepsLength) {
  EXPECT_EQ(british("ɡˌə^ʊ fˈɑːðə"), "ɡˌQ fˈɑːðə");
  EXPECT_EQ(british("hˈi^ə ðˈe^ə"), "hˈɪə ðˈɛː");
}

TEST(KokoroSymbols, OtherLanguagesKeepTheirIpa) {
  EXPECT_EQ(other("bˈoŋ d^ʒˈiæ"), "bˈoŋ ʤˈiæ");
  EXPECT_EQ(other("sˈe^ɪs se^ɪsˈe^ɪŋtʊs"), "sˈAs sAsˈAŋtʊs");
  EXPECT_EQ(other("konsult^ʃˈɐ̃^ʊ̃"), "konsulʧˈɐ̃ʊ̃");
  EXPECT_EQ(other("rˈɔzə xˈato"), "rˈɔzə xˈato");
  EXPECT_EQ(other("aː-b_c"), "aːbc");
}

TEST(KokoroSymbols, NotesOnAChangeOfLanguageFallAway) {
  EXPECT_EQ(other("fˈiʁ (^e^n)hˈi^ə(^f^r) tʁwˈaz"), "fˈiʁ hˈiə tʁwˈaz");
  EXPECT_EQ(other("(en)wˈan(pt-br)"), "wˈan");
  EXPECT_EQ(other("open (end"), "open end");
}

}  // namespace
}  // namespace parley::synthesis
