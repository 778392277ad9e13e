// SPDX-License-Identifier: GPL-3.0-or-later
#include <vector>

#include <gtest/gtest.h>

#include "base/paths.h"
#include "kokoro_engine.h"
#include "synthesis/spoken_notices.h"

namespace parley::synthesis {
namespace {

TEST(SpokenNotices, NoneOfThemIsLongerThanThreeSeconds) {
  const auto engine = testing::kokoro();
  ASSERT_NE(engine, nullptr);
  std::vector<Language> languages;
  for (const auto* code : {"en", "pt", "es", "fr", "it", "hi"}) languages.push_back(Language::parse(code).value());
  SpokenNotices notices(Notices::load(default_data_directory() / "notices.toml").value(), {});
  const auto spoken = notices.speak_missing(*engine, languages);
  ASSERT_TRUE(spoken) << spoken.error().message;
  for (const auto& language : languages) {
    for (const Notice notice : kAllNotices) {
      const auto sound = notices.sound(language, notice);
      ASSERT_NE(sound, nullptr);
      EXPECT_LE(sound->size(), 3U * 16'000) << language.code() << " " << to_string(notice);
      EXPECT_GE(sound->size(), 1U * 16'000) << language.code() << " " << to_string(notice);
    }
  }
}

}  // namespace
}  // namespace parley::synthesis
