// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/tokens.h"

#include <unistd.h>

#include <fstream>
#include <random>

#include <gtest/gtest.h>

#include "base/utf8.h"

namespace parley::synthesis {
namespace {

class TokenTableTest : public ::testing::Test {
 protected:
  ~TokenTableTest() override { std::filesystem::remove(file_); }

  Result<TokenTable> load(std::string_view json) {
    std::ofstream(file_, std::ios::binary) << json;
    return TokenTable::load(file_);
  }

  std::filesystem::path file_ =
      std::filesystem::temp_directory_path() / ("parley-tokens-" + std::to_string(::getpid()) + ".json");
};

TEST_F(TokenTableTest, GivesIdsAndCountsWhatItLacks) {
  const auto table = load(R"({" ": 16, ",": 3, ".": 4, "a": 43, "ˈ": 156})");
  ASSERT_TRUE(table) << table.error().message;
  const auto [ids, unknown] = table->ids("ˈa☃, a.");
  EXPECT_EQ(ids, (std::vector<std::int64_t>{156, 43, 3, 16, 43, 4}));
  EXPECT_EQ(unknown, 1U);
}

TEST_F(TokenTableTest, AnythingElseIsInvalid) {
  for (const auto* json : {"", "no json", "[]", "{}", R"({"ab": 3})", R"({"a": "b"})", R"({"a": 1.5})", R"({"a": 0})",
                           R"({"a": 9999})", R"({"a": 43})", R"({"a": 43)"}) {
    const auto table = load(json);
    ASSERT_FALSE(table) << json;
    EXPECT_EQ(table.error().code, ErrorCode::kInvalid) << json;
  }
}

TEST_F(TokenTableTest, AMissingFileIsNotFound) {
  EXPECT_EQ(TokenTable::load(file_ / "none").error().code, ErrorCode::kNotFound);
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

TEST(SplitPhonemes, AShortTextIsOneRun) {
  EXPECT_EQ(split_phonemes("bˈoŋ ʤˈiæ."), std::vector<std::string>{"bˈoŋ ʤˈiæ."});
  EXPECT_TRUE(split_phonemes("").empty());
}

TEST(SplitPhonemes, CutsAfterAMarkNearTheMiddle) {
  EXPECT_EQ(split_phonemes("aaaa bbbb cccc, dddd eeee ffff", 20),
            (std::vector<std::string>{"aaaa bbbb cccc,", "dddd eeee ffff"}));
}

TEST(SplitPhonemes, CutsBetweenWordsWhereThereIsNoMark) {
  for (const auto& run : split_phonemes("aaaa bbbb cccc dddd eeee ffff", 12)) EXPECT_LE(run.size(), 12U);
}

TEST(SplitPhonemes, NothingIsLostAndEveryRunFits) {
  std::mt19937 random(11);
  const std::string_view symbols[] = {"a", "ʤ", "ˈ", " ", " ", ",", ". ", "ɐ̃", "—"};
  for (int round = 0; round < 300; ++round) {
    std::string text;
    for (int i = 0; i < 2000; ++i) text += symbols[random() % std::size(symbols)];
    std::string joined;
    for (const auto& run : split_phonemes(text)) {
      ASSERT_LE(decode_utf8(run).size(), kMaxTokens);
      ASSERT_FALSE(run.empty());
      joined += run;
    }
    ASSERT_EQ(without_spaces(joined), without_spaces(text));
  }
}

}  // namespace
}  // namespace parley::synthesis
