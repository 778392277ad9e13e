// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/paths.h"

#include "translation/committed.h"
#include "translation/sentences.h"

namespace parley::translation {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

LanguageRules english() { return LanguageRules::load(default_data_directory(), *Language::parse("en")).value(); }

TEST(CleanText, DropsInvalidBytesAndControls) {
  EXPECT_EQ(clean_text("a\xFF\xC3 b\xE2\x82\x01z"), "a bz");
  EXPECT_EQ(clean_text("\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80ok"), "ok");  // overlong, surrogate, beyond Unicode
  EXPECT_EQ(clean_text(std::string("a\0b", 3)), "ab");
  EXPECT_EQ(clean_text("\xE2\x80\x8Bzero\xEF\xBB\xBFwidth"), "zerowidth");
}

TEST(CleanText, MakesSpacesAndApostrophesPlain) {
  EXPECT_EQ(clean_text("  it’s \t\n so\u00A0good  "), "it's so good");
  EXPECT_EQ(clean_text(""), "");
  EXPECT_EQ(clean_text(" \n "), "");
}

TEST(Case, IsKnownForAccentedLetters) {
  EXPECT_EQ(lower_case("ÁGUA É ŽLUTÝ ПРИВЕТ ΑΒΓ"), "água é žlutý привет αβγ");
  EXPECT_EQ(with_capital("às três"), "Às três");
  EXPECT_EQ(with_capital("¿cómo"), "¿Cómo");
  EXPECT_EQ(with_capital("3 boxes"), "3 boxes");
  EXPECT_EQ(without_capital("É isso"), "é isso");
  EXPECT_TRUE(has_capital("\"Oi"));
  EXPECT_FALSE(has_capital("oi Ana"));
  EXPECT_FALSE(has_capital(""));
}

TEST(Words, ComeApartAndTogether) {
  for (const std::string text : {"", "Hi!", " it's 3:30, ok? ", "R$ 19,90 — já", "a-b...c", "'tis the rock 'n' roll"}) {
    EXPECT_EQ(join(split_words(text)), text);
  }
  EXPECT_THAT(folded_words("It's 3:30 at No. 19.99, e-mail!"),
              ElementsAre("it's", "3:30", "at", "no", "19.99", "e", "mail"));
  EXPECT_EQ(fold("  Você, TÁ aí?"), "você tá aí");
  EXPECT_EQ(after_words("Olá, tudo bem?", 1), ", tudo bem?");
  EXPECT_FALSE(has_words("?! ..."));
}

TEST(Sentences, EndAtMarks) {
  EXPECT_THAT(split_sentences("Hi. How are you? Fine! ok", english()),
              ElementsAre("Hi.", "How are you?", "Fine!", "ok"));
  EXPECT_THAT(split_sentences("\"Stop!\" She said.", english()), ElementsAre("\"Stop!\"", "She said."));
  EXPECT_THAT(split_sentences("? ! .", english()), IsEmpty());
}

TEST(Sentences, DoNotEndAfterAbbreviationsInitialsAndNumbers) {
  EXPECT_THAT(split_sentences("Mr. Silva paid 3.50 to J. Smith at 4 p.m. today.", english()), SizeIs(1));
  EXPECT_THAT(split_sentences("Well... I think so.", english()), SizeIs(2));
  EXPECT_THAT(split_sentences("well... maybe.", english()), SizeIs(1));
}

TEST(LongSentences, AreDividedAndLoseNothing) {
  std::string text;
  for (int i = 0; i < 120; ++i)
    text += fmt::format("{}{}", i == 0 ? "" : " ", i % 10 == 9 ? "because" : fmt::format("word{}", i));
  const auto pieces = split_long_sentence(text, 50, english());
  EXPECT_THAT(pieces, SizeIs(3));
  std::string joined;
  for (const auto& piece : pieces) {
    EXPECT_LE(folded_words(piece).size(), 50U);
    joined += (joined.empty() ? "" : " ") + piece;
  }
  EXPECT_EQ(joined, text);
  EXPECT_TRUE(pieces[1].starts_with("because"));
  EXPECT_THAT(split_long_sentence("short, really", 50, english()), ElementsAre("short, really"));
}

TEST(LongSentences, WithoutSpacesAreDividedBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 700; ++i) text += "é";
  const auto pieces = split_long_sentence(text, 50, english());
  EXPECT_GT(pieces.size(), 3U);
  std::string joined;
  for (const auto& piece : pieces) {
    EXPECT_EQ(clean_text(piece), piece);
    EXPECT_LE(piece.size(), 500U);
    joined += piece;
  }
  std::erase(joined, ' ');
  EXPECT_EQ(joined, text);
}

TEST(Clauses, StandBetweenCommasButNotInsideNumbers) {
  EXPECT_THAT(split_clauses("Sorry, it's 1,500; bye"), ElementsAre("Sorry", "it's 1,500", "bye"));
  EXPECT_EQ(final_mark("Really?!"), "?!");
  EXPECT_EQ(final_mark("really"), "");
  EXPECT_EQ(without_final_mark("Wait... "), "Wait");
}

TEST(Committed, WordsStayAsTheyWereSaid) {
  const auto settled = settle("olá, tudo", "Olá, tudo bem?");
  ASSERT_TRUE(settled.has_value());
  EXPECT_EQ(settled->text, "olá, tudo bem?");
  EXPECT_EQ(settled->rest, "");
  EXPECT_EQ(settle("Olá,", "Olá, tudo bem?")->text, "Olá, tudo bem?");
}

TEST(Committed, WordsBeyondATranslationAreLeftForTheNext) {
  const auto settled = settle("Aguarde na linha, por favor, estou", "aguarde na linha, por favor");
  ASSERT_TRUE(settled.has_value());
  EXPECT_EQ(settled->text, "Aguarde na linha, por favor");
  EXPECT_EQ(settled->rest, "estou");
}

TEST(Committed, WordsThatDisagreeDoNotSettle) { EXPECT_FALSE(settle("Bom dia", "Olá").has_value()); }

TEST(Committed, SentencesAreSharedOutInOrder) {
  EXPECT_THAT(share_out({"A.", "B.", "C"}, 2), ElementsAre("A.", "B. C"));
  EXPECT_THAT(share_out({"A."}, 3), ElementsAre("A.", "", ""));
  EXPECT_THAT(share_out({"A."}, 0), IsEmpty());
}

}  // namespace
}  // namespace parley::translation
