// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/registry.h"

#include <gtest/gtest.h>

namespace parley::recognition {
namespace {

Language language(std::string_view code) { return Language::parse(code).value(); }

TEST(Recognizers, AnUnknownEngineIsNamed) {
  RecognitionConfig config;
  config.default_engine = "parrot";
  const std::vector languages{language("pt")};
  const auto recognizers = Recognizers::load(config, languages);
  ASSERT_FALSE(recognizers);
  EXPECT_EQ(recognizers.error().code, ErrorCode::kInvalid);
  EXPECT_NE(recognizers.error().message.find("\"parrot\""), std::string::npos);
}

TEST(Recognizers, AMissingModelIsNamedAndSaysWhatToDo) {
  RecognitionConfig config;
  config.moonshine.directory = "/nowhere/moonshine";
  config.whisper.directory = "/nowhere/whisper";
  for (const char* code : {"en", "pt"}) {
    const std::vector languages{language(code)};
    const auto recognizers = Recognizers::load(config, languages);
    ASSERT_FALSE(recognizers);
    EXPECT_EQ(recognizers.error().code, ErrorCode::kNotFound);
    EXPECT_NE(recognizers.error().message.find("/nowhere/"), std::string::npos) << recognizers.error().message;
    EXPECT_NE(recognizers.error().message.find("make models"), std::string::npos) << recognizers.error().message;
  }
}

TEST(Recognizers, NothingIsLoadedForNoLanguage) {
  const auto recognizers = Recognizers::load({}, {});
  ASSERT_TRUE(recognizers);
  EXPECT_TRUE(recognizers->chain_for(language("en")).empty());
  EXPECT_EQ(recognizers->for_language(language("en")).error().code, ErrorCode::kUnsupported);
}

using Names = std::vector<std::string>;

TEST(EngineNames, WhisperHearsEnglishTooWhereItIsThereForAnotherLanguage) {
  const std::vector both{language("en"), language("pt")};
  EXPECT_EQ(engine_names({}, language("en"), both), (Names{"moonshine", "whisper"}));
  EXPECT_EQ(engine_names({}, language("pt"), both), Names{"whisper"});
  EXPECT_EQ(engine_names({}, language("en"), std::vector{language("en")}), Names{"moonshine"})
      << "it is not loaded for this alone";
}

TEST(EngineNames, TheOrderIsTheSettingsAndNoneComesTwice) {
  RecognitionConfig config;
  config.engines = {{"en", "moonshine"}, {"es", "whisper-es"}};
  config.fallbacks = {{"en", {"whisper-es", "moonshine", "whisper", "whisper"}}, {"pt", {}}};
  const std::vector all{language("en"), language("pt"), language("es")};
  EXPECT_EQ(engine_names(config, language("en"), all), (Names{"moonshine", "whisper-es", "whisper"}));
  EXPECT_EQ(engine_names(config, language("pt"), all), Names{"whisper"});
  EXPECT_EQ(engine_names(config, language("es"), all), Names{"whisper-es"});
}

}  // namespace
}  // namespace parley::recognition
