// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/language.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(Language, IsReadFromACodeWithOrWithoutARegion) {
  for (const char* text : {"pt", "PT", "pt-BR", "pt_BR"}) {
    const auto language = Language::parse(text);
    ASSERT_TRUE(language) << text;
    EXPECT_EQ(language->code(), "pt");
  }
}

TEST(Language, RefusesWhatIsNoCodeAndSaysWhatToGive) {
  for (const char* text : {"", "p", "english", "e1", "pt-", "pt-B", "pt BR", "p\xc3\xa3", "pt-BR\n"}) {
    const auto language = Language::parse(text);
    ASSERT_FALSE(language) << text;
    EXPECT_EQ(language.error().code, ErrorCode::kInvalid);
    EXPECT_NE(language.error().message.find("two-letter code"), std::string::npos);
  }
}

}  // namespace
}  // namespace parley
