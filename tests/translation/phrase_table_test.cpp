// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/phrase_table.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/paths.h"

#include "translation/language_rules.h"
#include "translation/normalize.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;

LanguagePair pair(const char* from, const char* to) { return {*Language::parse(from), *Language::parse(to)}; }

class Phrases : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(directory_ / "phrases"); }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  Result<PhraseTable> load(const std::string& content) {
    std::ofstream(directory_ / "phrases" / "en-pt.toml") << content;
    return PhraseTable::load(directory_, pair("en", "pt"));
  }

  std::filesystem::path directory_ =
      std::filesystem::path(::testing::TempDir()) /
      ("parley-phrases-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
};

TEST_F(Phrases, AreFoundWithoutRegardToCaseAndPunctuation) {
  const auto table = load("[phrases]\n\"you're breaking up\" = \"está cortando\"\n").value();
  EXPECT_EQ(table.find("You're  breaking-up!", false), "está cortando");
  EXPECT_EQ(table.find("you're breaking", false), std::nullopt);
}

TEST_F(Phrases, WithAQuestionMarkAreForQuestionsOnly) {
  const auto table = load("[phrases]\n\"sorry?\" = \"como?\"\n").value();
  EXPECT_EQ(table.find("Sorry", true), "como?");
  EXPECT_EQ(table.find("Sorry", false), std::nullopt);
}

TEST_F(Phrases, MayHaveAnAffixBeforeOrAfter) {
  const auto table =
      load("[phrases]\n\"hold on\" = \"aguarde\"\n\"again\" = \"como?\"\n[affixes]\n\"please\" = \"por favor\"\n")
          .value();
  EXPECT_EQ(table.find("please hold on", false), "por favor, aguarde");
  EXPECT_EQ(table.find("Hold on please", false), "aguarde, por favor");
  EXPECT_EQ(table.find("again please", true), "como, por favor?");
}

TEST_F(Phrases, RewritesTakeTheLongestMatchAndKeepTheRest) {
  const auto table = load(
                         "[rewrites]\n\"hold on\" = \"wait\"\n\"hold on while\" = \"wait until\"\n\"this is {name} "
                         "from\" = \"my name is {name} from\"\n")
                         .value();
  EXPECT_EQ(table.rewrite("Hold on while I check, then hold on."), "Wait until I check, then wait.");
  EXPECT_EQ(table.rewrite("Hi, this is Anna from sales."), "Hi, my name is Anna from sales.");
  EXPECT_EQ(table.rewrite("this is water from France"), "this is water from France");
  EXPECT_EQ(table.rewrite("hold, on"), "hold, on");
}

TEST_F(Phrases, AdditionsOfTheModelAreRemoved) {
  const auto table = load("remove = [\"(em inglês)\"]\n").value();
  EXPECT_EQ(table.without_additions("Bye (em inglês)."), "Bye.");
}

TEST_F(Phrases, AMalformedFileIsRefusedWithItsLine) {
  EXPECT_THAT(load("[phrases]\n\"a\" = \"b\"\n\"c\" = = \"d\"\n").error().message, HasSubstr("en-pt.toml, line 3"));
  EXPECT_THAT(load("[phrases]\n\"a\" = 5\n").error().message, HasSubstr("line 2"));
  EXPECT_THAT(load("[phrases]\n\"?!\" = \"b\"\n").error().message, HasSubstr("has no words"));
  EXPECT_THAT(load("[phrases]\n\"Hold on\" = \"b\"\n\"hold, on\" = \"c\"\n").error().message,
              HasSubstr("there already"));
  EXPECT_THAT(load("[phrase]\n\"a\" = \"b\"\n").error().message, HasSubstr("\"phrase\" is unknown"));
  EXPECT_THAT(load("[rewrites]\n\"a {name}\" = \"b\"\n").error().message, HasSubstr("{name} must stand once"));
  EXPECT_THAT(load("phrases = 3\n").error().message, HasSubstr("must be a table"));
}

TEST_F(Phrases, APairWithoutAFileHasNone) { EXPECT_EQ(PhraseTable::load(directory_, pair("de", "fr"))->size(), 0U); }

TEST(ShippedPhrases, CanBeRead) {
  for (const auto& each : {pair("en", "pt"), pair("pt", "en")}) {
    const auto table = PhraseTable::load(default_data_directory(), each);
    ASSERT_TRUE(table.has_value()) << table.error().message;
    EXPECT_GE(table->size(), 40U);
  }
}

class Rules : public ::testing::Test {
 protected:
  static LanguageRules rules(const char* language) {
    return LanguageRules::load(default_data_directory(), *Language::parse(language)).value();
  }
};

TEST_F(Rules, GiveEnglishItsCapitalsAndMarks) {
  const auto en = rules("en");
  EXPECT_EQ(prepare_sentence("i think i'll call anna on monday", en), "I think I'll call Anna on Monday.");
  EXPECT_EQ(prepare_sentence("can you hear me", en), "Can you hear me?");
  EXPECT_EQ(prepare_sentence("so how much is it", en), "So how much is it?");
  EXPECT_EQ(prepare_sentence("when i get home i'll call you", en), "When I get home I'll call you.");
  EXPECT_EQ(prepare_sentence("hi this is anna how can i help you", en), "Hi this is Anna how can I help you?");
  EXPECT_EQ(prepare_sentence("it's cold, isn't it", en), "It's cold, isn't it?");
}

TEST_F(Rules, GivePortugueseItsCapitalsAndMarks) {
  const auto pt = rules("pt");
  EXPECT_EQ(prepare_sentence("você pode falar mais devagar", pt), "Você pode falar mais devagar?");
  EXPECT_EQ(prepare_sentence("qual é o seu nome", pt), "Qual é o seu nome?");
  EXPECT_EQ(prepare_sentence("moro em lisboa desde segunda-feira", pt), "Moro em Lisboa desde segunda-feira.");
  EXPECT_EQ(prepare_sentence("está bom, né", pt), "Está bom, né?");
}

TEST_F(Rules, LeaveWellWrittenTextAlone) {
  const auto en = rules("en");
  for (const char* text : {"Hi, this is Anna.", "IBM called McDonald at 3:30!", "Really?", "I waited... and waited."}) {
    EXPECT_EQ(prepare_sentence(text, en), text);
  }
}

TEST_F(Rules, OfALanguageWithoutAFileAreCapitalAndFullStop) {
  EXPECT_EQ(prepare_sentence("ich komme morgen", rules("de")), "Ich komme morgen.");
}

TEST_F(Rules, KnowWhatStaysCapitalInTheMiddle) {
  EXPECT_EQ(for_the_middle("I'm here", rules("en")), "I'm here");
  EXPECT_EQ(for_the_middle("Can you", rules("en")), "can you");
}

TEST(RulesFile, MalformedIsRefusedWithItsLine) {
  const auto directory = std::filesystem::path(::testing::TempDir()) / "parley-rules";
  std::filesystem::create_directories(directory / "text");
  std::ofstream(directory / "text" / "en.toml") << "capitalised = [\n\"I\",\n\"New York\"]\n";
  const auto rules = LanguageRules::load(directory, *Language::parse("en"));
  ASSERT_FALSE(rules.has_value());
  EXPECT_THAT(rules.error().message, HasSubstr("en.toml, line 3"));
  std::filesystem::remove_all(directory);
}

TEST(DataDirectory, ComesFromTheEnvironmentFirst) {
  setenv("PARLEY_DATA", "/somewhere", 1);
  EXPECT_EQ(default_data_directory(), "/somewhere");
  unsetenv("PARLEY_DATA");
  EXPECT_TRUE(std::filesystem::exists(default_data_directory() / "phrases" / "en-pt.toml"));
}

}  // namespace
}  // namespace parley::translation
