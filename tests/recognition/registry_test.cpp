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
  EXPECT_EQ(recognizers->for_language(language("en")).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace parley::recognition
