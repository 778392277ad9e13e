// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/clause_boundary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/paths.h"
#include "translation/word_alignment.h"

namespace parley::translation {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Boundaries : public ::testing::Test {
 protected:
  static const LanguageRules& rules(const char* language) {
    static const auto english = LanguageRules::load(default_data_directory(), *Language::parse("en"));
    static const auto portuguese = LanguageRules::load(default_data_directory(), *Language::parse("pt"));
    return std::string_view(language) == "en" ? *english : *portuguese;
  }

  /// The words that begin a clause and may be parted from those before them.
  static std::vector<std::string> clauses(std::string_view text, const char* language = "en") {
    const WrittenWords words{spaced_words(text), rules(language)};
    std::vector<std::string> found;
    for (std::size_t at = 1; at < words.list.size(); ++at) {
      if (begins_clause(words, at) && may_part_at(words, at)) found.emplace_back(words.list[at]);
    }
    return found;
  }

  /// The words that may not be parted from the one before.
  static std::vector<std::string> held(std::string_view text, const char* language = "en") {
    const WrittenWords words{spaced_words(text), rules(language)};
    std::vector<std::string> found;
    for (std::size_t at = 1; at < words.list.size(); ++at) {
      if (!may_part_at(words, at)) found.emplace_back(words.list[at]);
    }
    return found;
  }
};

TEST_F(Boundaries, AreCommasAndConjunctions) {
  EXPECT_THAT(clauses("Well, I called you because it rained; nobody came."), ElementsAre("I", "because", "nobody"));
  EXPECT_THAT(clauses("Eu liguei ontem, mas ninguém atendeu porque era tarde", "pt"), ElementsAre("mas", "porque"));
}

TEST_F(Boundaries, AreNotInsideNumbers) {
  EXPECT_THAT(clauses("it's four four seven, two one nine and I wait"), ElementsAre("and"));
  EXPECT_THAT(held("I have twenty five dollars"), ElementsAre("five"));
  EXPECT_THAT(held("it is 447 219 now"), ElementsAre("219"));
  EXPECT_THAT(clauses("são vinte e cinco reais e eu espero", "pt"), ElementsAre("e"));
  EXPECT_THAT(held("são vinte e cinco reais", "pt"), ElementsAre("e", "cinco"));
}

TEST_F(Boundaries, AreNotInsideNames) {
  EXPECT_THAT(held("my name is John Smith and I wait"), ElementsAre("Smith"));
  EXPECT_THAT(held("aqui é a Maria da Silva falando", "pt"), ElementsAre("da", "Silva"));
  EXPECT_THAT(held("and then I Called"), IsEmpty());
}

TEST_F(Boundaries, SentencesEndWithTheirMarks) {
  const WrittenWords words{spaced_words("Good morning. This is Dr. Silva. Who is it"), rules("en")};
  EXPECT_EQ(end_of_sentence(words, 0), 2U);
  EXPECT_EQ(end_of_sentence(words, 2), 6U);
  EXPECT_EQ(end_of_sentence(words, 6), 9U);
}

TEST_F(Boundaries, ArticlesAndPrepositionsLeadOn) {
  const WrittenWords words{spaced_words("to the um house"), rules("en")};
  EXPECT_TRUE(leads_on(words, 1));
  EXPECT_TRUE(leads_on(words, 2));
  EXPECT_FALSE(leads_on(words, 3));
  EXPECT_FALSE(leads_on(words, 4));
}

}  // namespace
}  // namespace parley::translation
