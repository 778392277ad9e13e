// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/agreement.h"

#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::recognition {
namespace {

std::vector<PieceWord> words(const std::string& text) {
  std::vector<PieceWord> all;
  std::istringstream stream(text);
  for (std::string word; stream >> word;) all.push_back({.text = word, .tokens = {}});
  return all;
}

constexpr std::size_t kHalfSecond = 8000;

/// Hypotheses half a second apart.
class Hypotheses {
 public:
  void hear(std::vector<PieceWord> heard, Speech end) {
    agreement.hear(std::move(heard), end, samples_ += kHalfSecond);
  }
  Agreement agreement;

 private:
  std::size_t samples_ = 0;
};

std::string text_of(const std::vector<PieceWord>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

TEST(Agreement, DigitsThatAreWrittenOntoSettledOnesAreNotSaidTwice) {
  Hypotheses hypotheses;
  hypotheses.hear(words("My number is 479. Yes"), Speech::kGoesOn);
  hypotheses.hear(words("My number is 479. Yes"), Speech::kGoesOn);
  ASSERT_EQ(hypotheses.agreement.settled(), 4U);
  hypotheses.hear(words("My number is 479-318, right?"), Speech::kGoesOn);
  EXPECT_EQ(text_of(hypotheses.agreement.words()), "My number is 479. 318, right?");
  hypotheses.hear(words("My number is 479318."), Speech::kGoesOn);
  EXPECT_EQ(text_of(hypotheses.agreement.words()), "My number is 479. 318.");
}

TEST(Agreement, ASettledWordThatBeginsAnotherOneIsNotTorn) {
  Hypotheses hypotheses;
  hypotheses.hear(words("He can play now"), Speech::kGoesOn);
  hypotheses.hear(words("He can play now"), Speech::kGoesOn);
  ASSERT_EQ(hypotheses.agreement.settled(), 3U);
  hypotheses.hear(words("He can playing now"), Speech::kGoesOn);
  EXPECT_EQ(text_of(hypotheses.agreement.words()), "He can play now");
}

TEST(Agreement, SettlesWhatTwoHypothesesShareButForTheLastWordOfEach) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  hypotheses.hear(words("I want"), Speech::kGoesOn);
  EXPECT_EQ(agreement.settled(), 0U) << "one hypothesis is no agreement";
  hypotheses.hear(words("I want to go"), Speech::kGoesOn);
  EXPECT_EQ(agreement.settled(), 1U) << "\"want\" was the last word a moment ago";
  hypotheses.hear(words("I want to go"), Speech::kGoesOn);
  EXPECT_EQ(agreement.settled(), 3U) << "the last word may be cut off";
  EXPECT_EQ(agreement.agreed(), 3U);
}

TEST(Agreement, CaseAndMarksMakeNoDifferenceAndStayOpen) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  hypotheses.hear(words("welcome to mail first é"), Speech::kGoesOn);
  hypotheses.hear(words("Welcome to mail. First, É"), Speech::kGoesOn);
  EXPECT_EQ(agreement.settled(), 4U);
  hypotheses.hear(words("Welcome, to mail. First I will"), Speech::kGoesOn);
  EXPECT_EQ(text_of(agreement.words()), "Welcome, to mail. First I will");
}

TEST(Agreement, SettledWordsStayWhenAHypothesisHasThemOtherwise) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  for (const char* text : {"send it to my address now", "send it to my address now please"})
    hypotheses.hear(words(text), Speech::kGoesOn);
  ASSERT_EQ(agreement.settled(), 5U);
  hypotheses.hear(words("send it to a dress now please call me"), Speech::kGoesOn);
  EXPECT_EQ(text_of(agreement.words()), "send it to my address now please call me");
  hypotheses.hear(words("it to my address now please call me back"), Speech::kGoesOn);
  EXPECT_EQ(text_of(agreement.words()), "send it to my address now please call me back");
  hypotheses.hear({}, Speech::kPaused);
  EXPECT_EQ(text_of(agreement.words()), "send it to my address now please call") << "heard twice by now";
}

TEST(Agreement, WordsThatAreDividedOtherwiseLoseNothing) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  for (int i = 0; i < 2; ++i) hypotheses.hear(words("minha reserva por que estou do"), Speech::kGoesOn);
  ASSERT_EQ(agreement.settled(), 5U);
  hypotheses.hear(words("Minha reserva porquesta ou doente. O médico"), Speech::kGoesOn);
  EXPECT_EQ(text_of(agreement.words()), "minha reserva por que estou doente. O médico");
}

TEST(Agreement, AfterAPauseAllWordsMayAgreeButTheLastIsNotSettled) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  hypotheses.hear(words("I need two"), Speech::kGoesOn);
  hypotheses.hear(words("I need two."), Speech::kPaused);
  EXPECT_EQ(agreement.agreed(), 3U);
  EXPECT_EQ(agreement.settled(), 2U);
  hypotheses.hear(words("I need tools for it"), Speech::kGoesOn);
  EXPECT_EQ(text_of(agreement.words()), "I need tools for it") << "the speaker went on: the last word became another";
}

TEST(Agreement, NearlyTheSameSpeechIsNoSecondWitness) {
  Agreement agreement;
  agreement.hear(words("one two three"), Speech::kGoesOn, 8000);
  agreement.hear(words("one two three"), Speech::kGoesOn, 12000);
  EXPECT_EQ(agreement.settled(), 0U) << "0.25 s later";
  agreement.hear(words("one two three"), Speech::kPaused, 12800);
  EXPECT_EQ(agreement.agreed(), 0U) << "0.05 s later";
  agreement.hear(words("one two three"), Speech::kGoesOn, 16000);
  EXPECT_EQ(agreement.settled(), 2U) << "0.5 s later than the first";
}

TEST(Agreement, GivesTheHeadOfSpeechThatIsCut) {
  Hypotheses hypotheses;
  auto& agreement = hypotheses.agreement;
  for (const char* text : {"one two three four five", "one two three four five six"})
    hypotheses.hear(words(text), Speech::kGoesOn);
  ASSERT_EQ(agreement.settled(), 4U);
  EXPECT_EQ(text_of(agreement.take_head(words("one, to"))), "one two");
  EXPECT_EQ(text_of(agreement.words()), "three four");
  EXPECT_EQ(agreement.settled(), 2U);
  EXPECT_EQ(text_of(agreement.take_head(words("three four five six"))), "three four five six");
  EXPECT_EQ(agreement.settled(), 0U);
}

TEST(PlaceOfTail, IsWhereTheWordsGoOnTheSame) {
  const auto before = words("press one to listen press two to send it");
  EXPECT_EQ(place_of_tail(before, words("Press two to send it"), 8, 0), 4U);
  EXPECT_EQ(place_of_tail(before, words("Press two to send its copy"), 8, 0), 4U) << "the last word was cut off";
  EXPECT_EQ(place_of_tail(before, words("two to send it now"), 8, 0), 5U);
}

TEST(PlaceOfTail, IsNowhereWhenWordsWouldBeLostOrDoubled) {
  const auto before = words("press one to listen press two to send it");
  EXPECT_EQ(place_of_tail(before, words("is two to send it"), 8, 0), std::nullopt) << "a word was cut in two";
  EXPECT_EQ(place_of_tail(before, words("press two"), 8, 0), std::nullopt) << "the end is missing";
  EXPECT_EQ(place_of_tail(before, words("it"), 8, 0), std::nullopt) << "one word proves nothing";
  EXPECT_EQ(place_of_tail(before, words("to send it"), 5, 0), std::nullopt) << "only before what is settled";
  EXPECT_EQ(place_of_tail(before, {}, 8, 0), std::nullopt);
  EXPECT_EQ(place_of_tail({}, words("to send"), 8, 0), std::nullopt);
}

TEST(PlaceOfTail, OfSeveralIsTheOneNearestInTime) {
  auto before = words("no no no no no no");
  for (std::size_t i = 0; i < before.size(); ++i) before[i].begin = 16000 * i;
  EXPECT_EQ(place_of_tail(before, words("no no no"), 5, 47000), 3U);
}

}  // namespace
}  // namespace parley::recognition
