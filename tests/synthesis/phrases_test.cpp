// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/phrases.h"

#include <random>

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace parley::synthesis {
namespace {

using Phrases = std::vector<std::string>;

std::string joined(const Phrases& phrases) {
  std::string out;
  for (const auto& phrase : phrases) out += (out.empty() ? "" : " ") + phrase;
  return out;
}

TEST(Phrases, AShortTextIsOnePhrase) {
  EXPECT_EQ(split_phrases("Bom dia."), Phrases{"Bom dia."});
  EXPECT_EQ(split_phrases("Yes, I can."), Phrases{"Yes, I can."});
  EXPECT_EQ(split_phrases(""), Phrases{});
  EXPECT_EQ(split_phrases(" \n\t "), Phrases{});
}

TEST(Phrases, TheFirstEndsAtTheFirstClause) {
  EXPECT_EQ(split_phrases("Bom dia, eu gostaria de confirmar a minha consulta."),
            (Phrases{"Bom dia,", "eu gostaria de confirmar a minha consulta."}));
  EXPECT_EQ(split_phrases("Thank you for your help. Have a nice day."),
            (Phrases{"Thank you for your help.", "Have a nice day."}));
}

TEST(Phrases, AFragmentJoinsItsNeighbour) {
  EXPECT_EQ(split_phrases("No, the meeting is tomorrow morning."), Phrases{"No, the meeting is tomorrow morning."});
  EXPECT_NE(split_phrases("Could you send me the address now, please?").back(), "please?");
  for (const auto& phrase : split_phrases("Could you send me the address right now, please? Ok."))
    EXPECT_GE(phrase.size(), 8U) << phrase;
}

TEST(Phrases, ALongClauseIsCutBetweenWordsAndNotAfterAShortOne) {
  const auto phrases =
      split_phrases("I need to cancel my reservation for the double room because I am feeling sick today");
  ASSERT_GE(phrases.size(), 2U);
  EXPECT_EQ(phrases[0], "I need to cancel my reservation for the double room");
  EXPECT_EQ(split_phrases("I need to cancel my reservation for the double room because I am feeling sick today",
                          kLimitsForWholePhrases)[0],
            "I need to cancel my reservation");
}

TEST(Phrases, AbbreviationsAndNumbersAreNoEnds) {
  EXPECT_EQ(split_phrases("Please call Mr. Smith and Dr. Jones about 1,234.5 euros.", {.first = 60}).size(), 1U);
  EXPECT_EQ(split_phrases("O Sr. Silva mora na Av. Paulista.", {.first = 20})[0], "O Sr. Silva mora");
}

TEST(Phrases, ATelephoneNumberIsNotTorn) {
  const auto phrases = split_phrases("Please call our central office on 447 219 355 today or tomorrow");
  EXPECT_EQ(phrases[0].find("447"), phrases[0].find("447 219 355"));
}

TEST(Phrases, EachMayGrowByTheFactor) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "several more words, ";
  const PhraseLimits limits;
  const auto phrases = split_phrases(text, limits);
  ASSERT_GT(phrases.size(), 3U);
  EXPECT_LE(phrases[0].size(), limits.first);
  for (std::size_t i = 1; i < phrases.size(); ++i) {
    EXPECT_LE(phrases[i].size(), std::max(limits.first, std::min(limits.longest, 2 * phrases[i - 1].size())) * 3 / 2);
  }
}

TEST(Phrases, ThePauseAfterOneIsItsMarks) {
  const milliseconds own(65);
  EXPECT_EQ(pause_after("See you tomorrow.") + own, milliseconds(230));
  EXPECT_EQ(pause_after("(Really?)") + own, milliseconds(230));
  EXPECT_EQ(pause_after("Bom dia,") + own, milliseconds(120));
  EXPECT_EQ(pause_after("three things:") + own, milliseconds(120));
  EXPECT_EQ(pause_after("I need to cancel my") + own, own);
  EXPECT_EQ(pause_after(""), milliseconds(0));
}

TEST(Phrases, AVeryLongWordStaysWhole) {
  const std::string word(300, 'x');
  EXPECT_EQ(split_phrases(word), Phrases{word});
  EXPECT_EQ(split_phrases(word + " and that is it"), (Phrases{word, "and that is it"}));
}

TEST(Phrases, NothingIsLostWhateverTheText) {
  std::mt19937 random(3);
  const Phrases words = {"a",           "de", "você", "Sr.",   "endereço,", "bem?", "447-219", "não",
                         "conversação", "—",  "etc.", "(sim)", "\"olá.\"",  "x:",   "नमस्ते।",   "supercalifragilistic"};
  for (int round = 0; round < 5000; ++round) {
    Phrases chosen;
    for (auto count = 1 + random() % 60; count > 0; --count) chosen.push_back(words[random() % words.size()]);
    const std::string text = joined(chosen);
    const PhraseLimits limits{
        .minimum = 1 + random() % 12, .first = 10 + random() % 60, .longest = 60 + random() % 150};
    const auto phrases = split_phrases(text, limits);
    ASSERT_EQ(joined(phrases), text);
    for (const auto& phrase : phrases) {
      ASSERT_TRUE(phrases.size() == 1 || decode_utf8(phrase).size() >= limits.minimum) << phrase;
      ASSERT_NE(phrase.front(), ' ');
      ASSERT_NE(phrase.back(), ' ');
    }
  }
}

}  // namespace
}  // namespace parley::synthesis
