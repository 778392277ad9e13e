// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/word_alignment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::translation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::pair<std::size_t, std::size_t>> traced(std::string_view before, std::string_view after) {
  std::vector<std::pair<std::size_t, std::size_t>> ranges;
  for (const WordRange& range : trace_words(before, after)) ranges.emplace_back(range.begin, range.end);
  return ranges;
}

std::vector<std::optional<std::size_t>> sources(const std::vector<AlignedWord>& words) {
  std::vector<std::optional<std::size_t>> places;
  for (const AlignedWord& word : words) places.push_back(word.source);
  return places;
}

TEST(SpacedWords, AreWhatWhiteSpaceSeparatesWithTheirMarks) {
  EXPECT_THAT(spaced_words("  Sure, it's\t447-219. "), ElementsAre("Sure,", "it's", "447-219."));
  EXPECT_THAT(spaced_words(" "), IsEmpty());
}

TEST(TracingWords, EqualWordsAreTheSameWithoutCaseAndMarks) {
  EXPECT_THAT(traced("we will, see", "We will see."), ElementsAre(std::pair(0, 1), std::pair(1, 2), std::pair(2, 3)));
}

TEST(TracingWords, AWordPutForSeveralStandsForAllOfThem) {
  EXPECT_THAT(traced("it's four four seven now", "It's 447 now."),
              ElementsAre(std::pair(0, 1), std::pair(1, 4), std::pair(4, 5)));
}

TEST(TracingWords, SeveralPutForOneStandForIt) {
  EXPECT_THAT(traced("please wait", "please hold on"), ElementsAre(std::pair(0, 1), std::pair(1, 2), std::pair(1, 2)));
}

TEST(TracingWords, AWordThatWasPutInStandsForNone) {
  EXPECT_THAT(traced("a c", "a b c"), ElementsAre(std::pair(0, 1), std::pair(1, 1), std::pair(1, 2)));
  EXPECT_THAT(traced("", "a"), ElementsAre(std::pair(0, 0)));
}

TEST(TracingWords, AWordThatWasLeftOutIsPassedOver) {
  EXPECT_THAT(traced("a b c", "a c"), ElementsAre(std::pair(0, 1), std::pair(2, 3)));
}

TEST(PlacesInText, StayWhereTheyAreAmongTheWords) {
  EXPECT_EQ(place_in("we called you", 2, "we called you yesterday"), 2U);
  EXPECT_EQ(place_in("we called you", 2, "We, called. you"), 2U);
  EXPECT_EQ(place_in("we called you", 3, "we called"), 2U);
  EXPECT_EQ(place_in("we called you", 2, "we cold you"), 2U);
  EXPECT_EQ(place_in("we called you", 2, "we have called you"), 3U);
  EXPECT_EQ(place_in("we have called you", 3, "we called you"), 2U);
  EXPECT_EQ(place_in("send it to day", 4, "send it today, because it is late"), 3U);
  EXPECT_EQ(place_in("it was to late", 4, "it was two late for us"), 4U);
  EXPECT_EQ(place_in("", 0, "yes"), 0U);
  EXPECT_EQ(place_in("yes", 1, ""), 0U);
}

TEST(AligningWords, TheSumOfAWordsPiecesDecides) {
  // Source: "the | car|ro ." as 2 words in 3 pieces; target: "o car|ro" as 2 words in 3 pieces.
  const std::vector<float> attention = {0.6F, 0.2F, 0.1F, 0.1F,   // o
                                        0.5F, 0.3F, 0.1F, 0.1F,   // car
                                        0.0F, 0.2F, 0.7F, 0.1F};  // ro
  const auto words = align_words("o carro", 2, {1, 1, 0}, {1, 1, 0}, attention);
  EXPECT_THAT(sources(words), ElementsAre(0, 1));
  EXPECT_EQ(words[1].text, "carro");
}

TEST(AligningWords, WhatDoesNotFitTogetherIsNotKnown) {
  const auto words = align_words("o carro", 3, {1, 1}, {1, 1}, std::vector<float>(6, 0.3F));
  EXPECT_THAT(sources(words), ElementsAre(std::nullopt, std::nullopt));
  EXPECT_THAT(align_words("", 0, {}, {}, {}), IsEmpty());
}

}  // namespace
}  // namespace parley::translation
