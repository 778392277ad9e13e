// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_translator.h"

#include <algorithm>
#include <fstream>
#include <random>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "translation/text.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class Translating : public ::testing::Test {
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

  static LanguagePair pair(const char* from, const char* to) { return {*Language::parse(from), *Language::parse(to)}; }

  static Translation translate(const std::string& text, const char* from = "en", const char* to = "pt",
                               const std::string& committed = {}) {
    const auto result = translator_->translate({text, pair(from, to), committed});
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result.value_or(Translation{});
  }

  static std::string en_pt(const std::string& text) { return translate(text).text; }
  static std::string pt_en(const std::string& text) { return translate(text, "pt", "en").text; }

  static std::vector<std::string> sentences(const std::string& language) {
    const char* source = std::getenv("PARLEY_SOURCE_DIR");
    std::ifstream file(std::filesystem::path(source != nullptr ? source : ".") / "tests/data/translation" /
                       ("sentences-" + language + ".txt"));
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) lines.push_back(line);
    EXPECT_EQ(lines.size(), 25U);
    return lines;
  }

  static const MarianTranslator* translator_;
};

const MarianTranslator* Translating::translator_ = nullptr;

TEST_F(Translating, SupportsThePairsWhoseModelsAreThere) {
  EXPECT_TRUE(translator_->supports(pair("en", "pt")));
  EXPECT_TRUE(translator_->supports(pair("pt", "en")));
  EXPECT_FALSE(translator_->supports(pair("en", "de")));
  EXPECT_TRUE(translator_->warm_up().has_value());
}

TEST_F(Translating, AnUnknownPairIsUnsupported) {
  const auto result = translator_->translate({"Hello.", pair("en", "de"), {}});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(result.error().message, HasSubstr("en→de"));
}

TEST_F(Translating, NothingBecomesNothing) {
  for (const char* text : {"", "   ", "?!...", "\xFF\xFE", "\n\t"}) {
    const auto translation = translate(text);
    EXPECT_EQ(translation.text, "") << text;
    EXPECT_TRUE(translation.digits_kept);
  }
}

TEST_F(Translating, InvalidBytesDoNotDisturbTheWordsAroundThem) {
  EXPECT_EQ(en_pt("Good \xFFmorning\xC3."), en_pt("Good morning."));
}

TEST_F(Translating, FiveThousandCharactersAreAllTranslated) {
  std::string text;
  while (text.size() < 5000) text += "please tell the manager that the package from Lisbon has not arrived yet and ";
  const auto translation = translate(text + "thank you.");
  EXPECT_GT(translation.text.size(), 3500U);
  EXPECT_LT(translation.text.size(), 9000U);
  std::size_t lisbons = 0;
  for (auto at = translation.text.find("Lisboa"); at != std::string::npos; at = translation.text.find("Lisboa", at + 1))
    ++lisbons;
  EXPECT_GE(lisbons, 60U);  // of 66
}

TEST_F(Translating, FiveThousandCharactersWithoutASpaceAreSurvived) {
  translate(std::string(5000, 'a'));
  std::string accents;
  for (int i = 0; i < 2500; ++i) accents += "é";
  translate(accents);
}

TEST_F(Translating, TextIsTakenAsRecognisersWriteIt) {
  EXPECT_EQ(en_pt("can you hear me now"), "Você está me ouvindo agora?");
  EXPECT_EQ(translate("my mother is in the hospital and i need to change my flight").prepared_source,
            "My mother is in the hospital and I need to change my flight.");
  EXPECT_EQ(en_pt("my mother is in the hospital and i need to change my flight"),
            en_pt("My mother is in the hospital and I need to change my flight."));
}

TEST_F(Translating, DigitsAreKept) {
  EXPECT_EQ(en_pt("sure it's four four seven two one nine"), en_pt("Sure it's 447-219."));
  EXPECT_THAT(en_pt("sure, it's four four seven, two one nine"), HasSubstr("447-219"));
  EXPECT_THAT(pt_en("claro, é quatro quatro sete, dois um nove"), HasSubstr("447-219"));
  EXPECT_THAT(en_pt("the meeting is at half past three"), HasSubstr("3:30"));
  EXPECT_THAT(en_pt("it costs nineteen ninety-nine"), HasSubstr("19,99"));
  EXPECT_THAT(pt_en("custa dezenove e noventa"), HasSubstr("19.90"));
}

TEST_F(Translating, SpokenNumbersOfAnyLengthSurviveBothWays) {
  constexpr const char* kEnglish[] = {"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"};
  constexpr const char* kPortuguese[] = {"zero",  "um",   "dois", "três", "quatro",
                                         "cinco", "seis", "sete", "oito", "nove"};
  std::mt19937 random(11);
  for (std::size_t length = 3; length <= 11; ++length) {
    for (int i = 0; i < 4; ++i) {
      std::string digits;
      std::string english = "my account number is";
      std::string portuguese = "o número da minha conta é";
      for (std::size_t d = 0; d < length; ++d) {
        const auto digit = random() % 10;
        digits += std::to_string(digit);
        english += std::string(" ") + kEnglish[digit];
        portuguese += std::string(" ") + kPortuguese[digit];
      }
      for (const auto& translation : {translate(english), translate(portuguese, "pt", "en")}) {
        std::string kept = translation.text;
        std::erase_if(kept, [](char c) { return c < '0' || c > '9'; });
        EXPECT_EQ(kept, digits) << translation.text;
        EXPECT_TRUE(translation.digits_kept);
      }
    }
  }
}

TEST_F(Translating, TelephoneFormulasAreWhatPeopleSay) {
  EXPECT_EQ(en_pt("Have a nice day, bye!"), "Tenha um bom dia, tchau!");
  EXPECT_EQ(en_pt("Sorry, you're breaking up, could you say that again?"),
            "Desculpe, a ligação está cortando, pode repetir?");
  EXPECT_EQ(en_pt("hold on please"), "Espere um pouco, por favor.");
  EXPECT_EQ(pt_en("Alô? Quem fala?"), "Hello? Who's speaking?");
  EXPECT_EQ(pt_en("tenha um bom dia, tchau"), "Have a good day, bye.");
  EXPECT_THAT(en_pt("I'll put you through to the billing department."), HasSubstr("transferi"));
}

TEST_F(Translating, SeveralSentencesComeBackInOrder) {
  EXPECT_EQ(en_pt("Good morning. Bye."), en_pt("Good morning.") + " " + en_pt("Bye."));
}

TEST_F(Translating, TheScoreIsALogProbability) {
  const auto translation = translate("The package never came.");
  EXPECT_LT(translation.score, 0.0);
  EXPECT_GT(translation.score, -3.0);
}

TEST_F(Translating, EveryCommittedBeginningIsHonoured) {
  for (const auto& [from, to] : {std::pair("en", "pt"), std::pair("pt", "en")}) {
    for (const std::string& sentence : sentences(from)) {
      const std::string whole = translate(sentence, from, to).text;
      const std::size_t words = folded_words(whole).size();
      for (std::size_t count = 1; count <= words; count += 2) {
        const std::string committed = whole.substr(0, whole.size() - after_words(whole, count).size());
        const std::string again = translate(sentence, from, to, committed).text;
        EXPECT_THAT(again, StartsWith(committed)) << sentence;
      }
    }
  }
}

TEST_F(Translating, ABeginningTheModelWouldNotChooseIsContinued) {
  const auto translation = translate("The package was supposed to arrive on Monday.", "en", "pt", "A encomenda");
  EXPECT_THAT(translation.text, StartsWith("A encomenda "));
  EXPECT_THAT(translation.text, HasSubstr("segunda-feira"));
  EXPECT_THAT(translate("Bye.", "en", "pt", "Até").text, StartsWith("Até"));
  EXPECT_EQ(translate("Hello.", "en", "pt", "Olá, mundo").text, "Olá, mundo.");
}

TEST_F(Translating, CommittedSentencesAreNotTranslatedAgain) {
  const auto translation =
      translate("Hello. How are you? I need help with my order.", "en", "pt", "Oi. Tudo bem? Preciso");
  EXPECT_THAT(translation.text, StartsWith("Oi. Tudo bem? Preciso "));
}

TEST_F(Translating, FourThreadsSayWhatOneSays) {
  const auto lines = sentences("en");
  std::vector<std::string> expected;
  for (const auto& line : lines) expected.push_back(en_pt(line));
  std::vector<std::vector<std::string>> results(4, std::vector<std::string>(lines.size()));
  std::vector<std::thread> threads;
  for (auto& result : results) {
    threads.emplace_back([&] {
      for (std::size_t i = 0; i < lines.size(); ++i)
        result[i] = translator_->translate({lines[i], pair("en", "pt"), {}})->text;
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, expected);
}

TEST_F(Translating, EveryInstructionSetSaysTheSame) {
  const auto lines = sentences("pt");
  std::vector<std::string> expected;
  for (const auto& line : lines) expected.push_back(pt_en(line));
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::cpu_supports(isa)) continue;
    setenv("PARLEY_KERNELS", std::string(to_string(isa)).c_str(), 1);
    const auto other = MarianTranslator::load({.pairs = {pair("pt", "en")}});
    unsetenv("PARLEY_KERNELS");
    ASSERT_TRUE(other.has_value()) << other.error().message;
    for (std::size_t i = 0; i < lines.size(); ++i)
      EXPECT_EQ((*other)->translate({lines[i], pair("pt", "en"), {}})->text, expected[i]);
  }
}

TEST(LoadingTranslators, AMissingDirectoryOrPairSaysWhatToDo) {
  const auto nothing = MarianTranslator::load({.models = "/nonexistent"});
  EXPECT_EQ(nothing.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(nothing.error().message, HasSubstr("make models"));
  const auto no_pair = MarianTranslator::load({.pairs = {{*Language::parse("en"), *Language::parse("de")}}});
  EXPECT_EQ(no_pair.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(no_pair.error().message, HasSubstr("marian-en-de"));
}

TEST(LoadingTranslators, AbsurdSettingsAreRefused) {
  EXPECT_EQ(MarianTranslator::load({.most_words = 0}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(MarianTranslator::load({.most_words = 500}).error().code, ErrorCode::kInvalid);
}

TEST(LoadingTranslators, ACorruptModelVocabularyOrShortlistIsRefused) {
  const auto models = std::filesystem::path(::testing::TempDir()) / "parley-corrupt-models";
  for (const char* broken : {"model.bin", "vocab.spm", "lex.bin"}) {
    std::filesystem::remove_all(models);
    std::filesystem::create_directories(models);
    std::filesystem::copy(default_model_directory() / "marian-en-pt", models / "marian-en-pt",
                          std::filesystem::copy_options::recursive);
    std::ofstream(models / "marian-en-pt" / broken, std::ios::trunc) << "this is no model";
    const auto translator = MarianTranslator::load({.models = models});
    ASSERT_FALSE(translator.has_value()) << broken;
    EXPECT_EQ(translator.error().code, ErrorCode::kInvalid) << translator.error().message;
    EXPECT_THAT(translator.error().message, HasSubstr(broken));
  }
  std::filesystem::remove_all(models);
}

}  // namespace
}  // namespace parley::translation
