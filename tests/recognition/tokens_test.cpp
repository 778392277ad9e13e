// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "recognition/moonshine_tokens.h"
#include "recognition/whisper_tokens.h"

namespace parley::recognition {
namespace {

std::string moonshine_file(std::initializer_list<std::string> words) {
  std::string file("\x05<unk>\x03<s>\x04</s>", 15);
  for (int byte = 0; byte < 256; ++byte) file += std::string(1, '\x01') + static_cast<char>(byte);
  for (const std::string& word : words) {
    if (word.size() < 128) {
      file += static_cast<char>(word.size());
    } else {
      file += static_cast<char>(128 + word.size() % 128);
      file += static_cast<char>(word.size() / 128);
    }
    file += word;
  }
  return file;
}

Result<MoonshineTokens> parse_moonshine(const std::string& file) {
  return MoonshineTokens::parse(std::as_bytes(std::span(file)));
}

TEST(MoonshineTokens, JoinsPiecesAndBytesIntoText) {
  const auto tokens = parse_moonshine(moonshine_file({"\u2581Ol", "\u2581mundo"}));
  ASSERT_TRUE(tokens) << tokens.error().message;
  const std::int64_t byte = 3;
  EXPECT_EQ(tokens->text(std::vector<std::int64_t>{259, byte + 0xC3, byte + 0xA1, 260, byte + '!'}), " Olá mundo!");
}

TEST(MoonshineTokens, LeavesSpecialAndUnknownIdsOut) {
  const auto tokens = parse_moonshine(moonshine_file({"<<ST_1>>", "a"}));
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->text(std::vector<std::int64_t>{0, 1, 2, 259, 260, 261, 1 << 20, -5}), "a");
}

TEST(MoonshineTokens, ReadsTokensOf128BytesAndMore) {
  for (std::size_t length : {127U, 128U, 129U, 300U}) {
    const std::string word(length, 'x');
    const auto tokens = parse_moonshine(moonshine_file({word, "y"}));
    ASSERT_TRUE(tokens);
    EXPECT_EQ(tokens->text(std::vector<std::int64_t>{259, 260}), word + "y");
  }
}

TEST(MoonshineTokens, RefusesATruncatedFile) {
  const std::string whole = moonshine_file({std::string(200, 'x')});
  for (std::size_t cut : {std::size_t{1}, std::size_t{100}, std::size_t{200}, std::size_t{201}}) {
    const auto tokens = parse_moonshine(whole.substr(0, whole.size() - cut));
    ASSERT_FALSE(tokens) << cut;
    EXPECT_EQ(tokens.error().code, ErrorCode::kInvalid);
  }
  EXPECT_FALSE(parse_moonshine(""));
  EXPECT_FALSE(parse_moonshine("abc"));
}

TEST(MoonshineTokens, AMissingFileIsNamed) {
  const auto tokens = MoonshineTokens::read("/nowhere/tokenizer.bin");
  ASSERT_FALSE(tokens);
  EXPECT_EQ(tokens.error().code, ErrorCode::kNotFound);
  EXPECT_NE(tokens.error().message.find("/nowhere/tokenizer.bin"), std::string::npos);
}

constexpr const char* kWhisper = R"({
  "model": {"type": "BPE", "vocab": {"Ol": 0, "Ã": 1, "¡": 2, "Ġmundo": 3, "!": 4, "Ċ": 5, "<|endoftext|>": 6}},
  "added_tokens": [{"id": 6, "content": "<|endoftext|>"}, {"id": 7, "content": "<|startoftranscript|>"}, {"id": 8, "content": "<|en|>"},
                   {"id": 9, "content": "<|pt|>"}, {"id": 10, "content": "<|jw|>"}, {"id": 11, "content": "<|transcribe|>"},
                   {"id": 12, "content": "<|notimestamps|>"}, {"id": 13, "content": "<|nocaptions|>"}]})";

Language language(std::string_view code) { return Language::parse(code).value(); }

TEST(WhisperTokens, TurnsByteLevelTokensIntoText) {
  const auto tokens = WhisperTokens::parse(kWhisper);
  ASSERT_TRUE(tokens) << tokens.error().message;
  EXPECT_EQ(tokens->text(std::vector<std::size_t>{0, 1, 2, 3, 4, 5}), "Olá mundo!\n");
}

TEST(WhisperTokens, LeavesControlTokensAndTimestampsOut) {
  const auto tokens = WhisperTokens::parse(kWhisper);
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->text(std::vector<std::size_t>{7, 9, 11, 12, 0, 6, 50'364, 1'000'000}), "Ol");
}

TEST(WhisperTokens, PromptsForALanguageItKnows) {
  const auto tokens = WhisperTokens::parse(kWhisper);
  ASSERT_TRUE(tokens);
  EXPECT_EQ(tokens->prompt(language("pt-BR")), (std::vector<std::size_t>{7, 9, 11, 12}));
  EXPECT_EQ(tokens->prompt(language("jv")), (std::vector<std::size_t>{7, 10, 11, 12})) << "Whisper calls Javanese jw";
  EXPECT_EQ(tokens->prompt(language("xx")), std::nullopt);
}

TEST(WhisperTokens, RefusesWhatIsNoWhisperTokenizer) {
  for (const char* json :
       {"", "{", "[]", "{}", R"({"model": 1})", R"({"model": {"vocab": {"a": -1}}, "added_tokens": []})",
        R"({"model": {"vocab": {"a": 999999999}}, "added_tokens": []})", R"({"model": {"vocab": {"a": "b"}}})",
        R"({"model": {"vocab": {"a": 0}}, "added_tokens": [{"id": 1, "content": "<s>"}]})"}) {
    const auto tokens = WhisperTokens::parse(json);
    ASSERT_FALSE(tokens) << json;
    EXPECT_EQ(tokens.error().code, ErrorCode::kInvalid);
  }
}

}  // namespace
}  // namespace parley::recognition
