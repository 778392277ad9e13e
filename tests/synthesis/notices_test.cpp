// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/notices.h"

#include <unistd.h>

#include <fstream>

#include <gtest/gtest.h>

#include "base/paths.h"

namespace parley::synthesis {
namespace {

Language language(std::string_view code) { return Language::parse(code).value(); }

TEST(Notices, TheShippedFileSpeaksEveryLanguageThatKokoroDoes) {
  const auto notices = Notices::load(default_data_directory() / "notices.toml");
  ASSERT_TRUE(notices) << notices.error().message;
  EXPECT_EQ(notices->text(language("en"), Notice::kUntranslated), "No translation now. You hear the original voice.");
  for (const auto* code : {"pt", "es", "fr", "it", "hi"}) {
    for (const Notice notice : kAllNotices) {
      EXPECT_NE(notices->text(language(code), notice), notices->text(language("en"), notice)) << code;
      EXPECT_EQ(notices->language_of(language(code), notice), language(code));
    }
  }
}

TEST(Notices, AnotherLanguageHearsEnglish) {
  const auto notices = Notices::load(default_data_directory() / "notices.toml");
  ASSERT_TRUE(notices);
  EXPECT_EQ(notices->language_of(language("de"), Notice::kUntranslated), language("en"));
  EXPECT_EQ(notices->text(language("de"), Notice::kUntranslated), notices->text(language("en"), Notice::kUntranslated));
}

TEST(Notices, BadFilesAreRefused) {
  const auto file = std::filesystem::temp_directory_path() / ("parley-notices-" + std::to_string(::getpid()) + ".toml");
  EXPECT_EQ(Notices::load(file).error().code, ErrorCode::kNotFound);
  for (const auto* text :
       {"", "[en", "[pt]\nuntranslated = \"x\"\n", "[en]\nuntranslated = 5\n", "[en]\nuntranslated = \" \"\n",
        "[en]\nuntranslated = \"x\"\n", "[english]\nuntranslated = \"x\"\n", "en = 1\n"}) {
    std::ofstream(file) << text;
    const auto notices = Notices::load(file);
    ASSERT_FALSE(notices) << text;
    EXPECT_EQ(notices.error().code, ErrorCode::kInvalid) << text;
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace parley::synthesis
