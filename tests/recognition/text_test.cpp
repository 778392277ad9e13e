// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "recognition/repetition.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

TEST(RepeatedTail, IsCutToItsFirstOccurrence) {
  EXPECT_EQ(without_repeated_tail("Press 1 to listen. Press 1 to listen. Press 1 to listen."), "Press 1 to listen.");
  EXPECT_EQ(without_repeated_tail("Well, that is all. That is all. that is all"), "Well, that is all.");
  EXPECT_EQ(without_repeated_tail("thank you thank you thank you thank you"), "thank you");
  EXPECT_EQ(without_repeated_tail("o que você disse, o que você disse, O que você disse"), "o que você disse,");
}

TEST(RepeatedTail, MayBreakOffInside) {
  EXPECT_EQ(without_repeated_tail("Dial nine now. Press 7 to go back. Press 7 to go back. Press 7 to"),
            "Dial nine now. Press 7 to go back.");
}

TEST(RepeatedTail, LoopsInsideLoopsAreCutToo) {
  EXPECT_EQ(
      without_repeated_tail("One two three. Four five six. One two three. Four five six. Four five six. Four five"),
      "One two three. Four five six.");
}

TEST(RepeatedTail, IsCutInTextWithoutSpacesToo) {
  EXPECT_EQ(without_repeated_tail("ありがとうございましたございましたございましたございました"),
            "ありがとうございました");
  EXPECT_EQ(without_repeated_tail("Well A-A-A-A-A-A-A"), "Well A-");
}

TEST(RepeatedTail, TextWithoutOneStaysAsItIs) {
  for (const char* text : {"", " ", "yes", "no no", "bye bye", "Press 7 to go back. Press 8 to go on.",
                           "we had had had to", "…", "? ! ."}) {
    EXPECT_EQ(without_repeated_tail(text), text);
  }
}

TEST(CleanText, TrimsAndDropsWhatIsNoText) {
  EXPECT_EQ(clean_text("  Olá, tudo bem? \n"), "Olá, tudo bem?");
  EXPECT_EQ(clean_text("one\ntwo"), "one two");
  EXPECT_EQ(clean_text(""), "");
  EXPECT_EQ(clean_text(" \n "), "");
}

TEST(CleanText, DropsIncompleteAndForbiddenUtf8) {
  EXPECT_EQ(clean_text("caf\xC3"), "caf");
  EXPECT_EQ(clean_text("\xA9 a\xFF"
                       "b\xC0\x80"
                       "c\xED\xA0\x80"
                       "d\xF5\x80\x80\x80"
                       "e\xE0\x80\x80"
                       "f"),
            "abcdef");
  EXPECT_EQ(clean_text("日本語 ไทย 🎧"), "日本語 ไทย 🎧");
}

TEST(HasWords, TellsWordsFromPunctuation) {
  for (const char* text : {"a", "É", "4", "はい", "да", "... sim"}) EXPECT_TRUE(has_words(text)) << text;
  for (const char* text : {"", "...", "…", "♪ ♪", "¿?", "。", "- "}) EXPECT_FALSE(has_words(text)) << text;
}

}  // namespace
}  // namespace parley::recognition
