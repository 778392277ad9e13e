// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/text_for_speech.h"

#include <random>

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace parley::synthesis {
namespace {

std::string spoken(std::string_view code, std::string_view text) {
  return text_for_speech(text, Language::parse(code).value());
}

TEST(TextForSpeech, LeavesPlainSentencesAlone) {
  for (const auto* text : {"Good morning, how are you?", "It's a well-known fact; isn't it?", "Wait… what?"})
    EXPECT_EQ(spoken("en", text), text);
  EXPECT_EQ(spoken("pt", "Você não está, segunda-feira, à disposição!"), "Você não está, segunda-feira, à disposição!");
}

TEST(TextForSpeech, DropsWhatNobodySays) {
  EXPECT_EQ(spoken("en", "Hello 😀 world 👍🏽!"), "Hello world!");
  EXPECT_EQ(spoken("en", "a\x01\x7F\tb\n\nc"), "a b c");
  EXPECT_EQ(spoken("en", "bro\xFFken \xC3"), "bro ken");
  EXPECT_EQ(spoken("en", "[noise] <b>yes</b> {x} a^b `c`"), "noise b yes b x a b c");
  EXPECT_EQ(spoken("es", "¿Cómo está? ¡Bien!"), "Cómo está? Bien!");
  EXPECT_EQ(spoken("en", "“Well,” she said (twice)."), "Well, she said twice.");
  EXPECT_EQ(spoken("en", " ... , hello"), "hello");
}

TEST(TextForSpeech, HasNothingToSayForSignsAlone) {
  for (const auto* text : {"", "  ", "...", "😀", "?!", "\xFF\xFE", "—"})
    EXPECT_FALSE(is_speakable(spoken("en", text))) << text;
  EXPECT_TRUE(is_speakable("é"));
  EXPECT_TRUE(is_speakable("7"));
}

TEST(TextForSpeech, KeepsDashesAndEllipsesAsPauses) {
  EXPECT_EQ(spoken("en", "One – or two - or three... maybe"), "One — or two — or three… maybe");
}

TEST(TextForSpeech, SpeaksAddresses) {
  EXPECT_EQ(spoken("en", "Write to ana.silva@example.com, please."),
            "Write to ana dot silva at example dot com, please.");
  EXPECT_EQ(spoken("pt", "Escreva para ana_s@exemplo.com.br."),
            "Escreva para ana sublinhado s arroba exemplo ponto com ponto br.");
  EXPECT_EQ(spoken("en", "See https://example.org/a-b?x=1#y."), "See example dot org slash a dash b.");
  EXPECT_EQ(spoken("en", "(www.example.com)"), "www dot example dot com");
  EXPECT_EQ(spoken("en", "a@b, 5.com, @you"), "a@b, 5.com, @you");
}

TEST(TextForSpeech, ExpandsAbbreviations) {
  EXPECT_EQ(spoken("en", "Dr. Smith met Mrs. Jones at 3 p.m."), "Doctor Smith met Missus Jones at 3 PM.");
  EXPECT_EQ(spoken("pt", "O Sr. e a Sra. Silva, nº 5"), "O senhor e a senhora Silva, número 5");
  EXPECT_EQ(spoken("pt", "Srta. Dra. Dracma"), "senhorita doutora Dracma");
  EXPECT_EQ(spoken("es", "El Sr. Ruiz"), "El señor Ruiz");
}

TEST(TextForSpeech, NamesTheKeysOfATelephone) {
  EXPECT_EQ(spoken("en", "Press #."), "Press pound.");
  EXPECT_EQ(spoken("en", "Dial *9#"), "Dial star 9 pound");
  EXPECT_EQ(spoken("pt", "Pressione #"), "Pressione jogo da velha");
  EXPECT_EQ(spoken("en", "*bold* #tag"), "bold tag");
}

TEST(TextForSpeech, ALanguageWithoutWordsOfItsOwnTakesEnglishOnes) { EXPECT_EQ(spoken("de", "5%"), "5 percent"); }

TEST(TextForSpeech, AnythingAtAllBecomesCleanText) {
  std::mt19937 random(7);
  const std::string alphabet = "aé9 0-+()./,:%$€#*@hT\xC3\xFF\x80\n^ºR";
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    for (auto length = random() % 24; length > 0; --length) text += alphabet[random() % alphabet.size()];
    for (const auto* code : {"en", "pt", "fr"}) {
      const std::string out = spoken(code, text);
      ASSERT_EQ(out.find("  "), std::string::npos) << text;
      ASSERT_EQ(decode_utf8(out).find(U'\uFFFD'), std::u32string::npos) << text;
      ASSERT_EQ(out.find('^'), std::string::npos) << text;
    }
  }
}

}  // namespace
}  // namespace parley::synthesis
