// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "translation/incremental_translation.h"
#include "translation/marian_translator.h"
#include "translation/text.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class IncrementalWithModels : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto loaded = MarianTranslator::load();
    ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
    translator_ = std::move(*loaded).release();
  }
  static void TearDownTestSuite() {
    delete translator_;
    translator_ = nullptr;
  }

  static LanguagePair pair(const char* from) {
    return {*Language::parse(from), *Language::parse(std::string_view(from) == "en" ? "pt" : "en")};
  }

  /// What is said at every word of a text that is heard without errors, two words agreeing late.
  static std::vector<std::string> interpret(std::string_view text, const char* from, const CommitPolicy& policy = {}) {
    const auto words = spaced_words(text);
    IncrementalTranslation translation(*translator_, pair(from), policy);
    std::vector<std::string> phrases;
    std::string heard;
    for (std::size_t i = 0; i < words.size(); ++i) {
      heard.append(i > 0 ? " " : "").append(words[i]);
      const bool last = i + 1 == words.size();
      const auto step =
          translation.consider({heard + (last ? "" : "."), last ? i + 1 : i - std::min<std::size_t>(i, 1), last});
      EXPECT_TRUE(step.has_value());
      translation.accept(*step);
      if (!step->say.empty()) phrases.push_back(step->say);
    }
    return phrases;
  }

  static std::string whole(const std::string& text, const char* from) {
    return translator_->translate({text, pair(from), {}})->text;
  }

  static const MarianTranslator* translator_;
};

const MarianTranslator* IncrementalWithModels::translator_ = nullptr;

TEST_F(IncrementalWithModels, WordsKnowTheirSource) {
  const std::string text = "Sure, it's four four seven two one nine and my name is John.";
  const auto source = spaced_words(text);
  const auto translation = translator_->translate({text, pair("en"), {}});
  ASSERT_TRUE(translation.has_value());
  std::map<std::string, std::string> looks_at;
  for (const AlignedWord& word : translation->words) {
    ASSERT_TRUE(word.source && *word.source < source.size()) << word.text;
    looks_at[word.text] = source[*word.source];
  }
  EXPECT_EQ(looks_at["Claro,"], "Sure,");
  EXPECT_EQ(looks_at["447-219"], "nine");
  EXPECT_EQ(looks_at["nome"], "name");
  EXPECT_EQ(looks_at["John."], "John.");
}

TEST_F(IncrementalWithModels, WordsOfLaterSentencesAndOfPhrasesKnowTheirSourceToo) {
  const std::string text = "Good morning. Hold on, please. The package never came.";
  const auto translation = translator_->translate({text, pair("en"), {}});
  ASSERT_TRUE(translation.has_value());
  ASSERT_EQ(translation->words.size(), spaced_words(translation->text).size());
  std::size_t from = 0;
  for (const AlignedWord& word : translation->words) {
    ASSERT_TRUE(word.source.has_value()) << word.text;
    const bool package = word.text == "pacote" || word.text == "encomenda";
    EXPECT_EQ(package, package && *word.source == 6U) << word.text;
    EXPECT_GE(*word.source + 3, from);
    from = *word.source;
  }
}

TEST_F(IncrementalWithModels, ClausesAreSaidBeforeTheSpeakerEnds) {
  const auto english =
      interpret("I ordered two boxes last week, but only one of them has arrived and the other one is damaged.", "en");
  ASSERT_GE(english.size(), 3U);
  EXPECT_THAT(english[0] + " " + english[1], HasSubstr("duas caixas"));
  const auto portuguese =
      interpret("Não me lembro da data exata, mas acho que foi no fim de março ou talvez no começo de abril.", "pt");
  ASSERT_GE(portuguese.size(), 2U);
  EXPECT_THAT(portuguese[0] + " " + portuguese[1], HasSubstr("exact date"));
}

TEST_F(IncrementalWithModels, WhatMayBecomeAQuestionOrNotWaits) {
  const auto told = interpret("Podemos mandar um cartão novo hoje, e ele deve chegar em cinco dias.", "pt");
  EXPECT_THAT(told.front(), StartsWith("We can"));
  const auto asked = interpret("Podemos mandar um cartão novo hoje para o endereço que está no cadastro?", "pt");
  EXPECT_THAT(asked.front(), StartsWith("Can we"));
}

TEST_F(IncrementalWithModels, ShortSentencesAreSaidAsTheyAreWhole) {
  for (const char* text : {"Yes.", "No, thanks.", "Thank you very much.", "Can you hear me now?", "Hold on, please."}) {
    const auto phrases = interpret(text, "en");
    ASSERT_EQ(phrases.size(), 1U) << text;
    EXPECT_EQ(phrases.front(), whole(text, "en"));
  }
}

TEST_F(IncrementalWithModels, NumbersAreSaidWhole) {
  for (const auto& phrase :
       interpret("my account number is four four seven two one nine and the name is John Smith", "en")) {
    const bool digits = phrase.find('4') != std::string::npos || phrase.find('9') != std::string::npos;
    EXPECT_EQ(digits, phrase.find("447-219") != std::string::npos) << phrase;
  }
  std::string all;
  for (const auto& phrase : interpret("o número é quatro quatro sete, dois um nove, e o nome é João Pereira", "pt")) {
    all += phrase + "|";
  }
  EXPECT_THAT(all, HasSubstr("447-219"));
  EXPECT_THAT(all, HasSubstr("João Pereira"));
}

TEST_F(IncrementalWithModels, WithoutClausesTheWholeIsSaidAtOnce) {
  const std::string text = "I ordered two boxes last week, but only one of them has arrived.";
  const auto phrases = interpret(text, "en", {.clauses = false});
  ASSERT_EQ(phrases.size(), 1U);
  EXPECT_EQ(phrases.front(), whole(text, "en"));
}

TEST_F(IncrementalWithModels, EverythingIsSaidOfALongTalk) {
  std::string text;
  for (const char* part :
       {"Thank you for waiting.", "I looked at your order, and it left our warehouse on Monday morning.",
        "The driver could not find the house, so he brought the package back to Lisbon.",
        "If you give me the right address, we will send it again tomorrow.", "Is that all right for you?"}) {
    text += (text.empty() ? "" : " ") + std::string(part);
  }
  std::string said;
  for (const auto& phrase : interpret(text, "en")) said += (said.empty() ? "" : " ") + phrase;
  for (const char* word : {"Obrigad", "segunda-feira", "Lisboa", "amanhã", "?"}) EXPECT_THAT(said, HasSubstr(word));
  const auto words = static_cast<double>(spaced_words(said).size());
  const auto expected = static_cast<double>(spaced_words(whole(text, "en")).size());
  EXPECT_NEAR(words, expected, 0.12 * expected) << said;
}

}  // namespace
}  // namespace parley::translation
