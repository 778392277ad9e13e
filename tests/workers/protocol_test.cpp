// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/protocol.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>

#include "check_bytes.h"

namespace parley::workers {
namespace {

const Language kEnglish = *Language::parse("en");
const Language kPortuguese = *Language::parse("pt");
constexpr std::array<std::int16_t, 3> kSamples{1, -2, 32767};

recognition::Transcript transcript() {
  return {.text = "Olá, João",
          .confidence = 0.5,
          .words = {{.text = "Olá,", .begin = milliseconds(20), .end = milliseconds(300)},
                    {.text = "João", .begin = milliseconds(300), .end = milliseconds(700)}},
          .agreed = 1};
}

translation::Translation translation() {
  return {.text = "Hello John",
          .prepared_source = "olá joão",
          .score = -0.25,
          .digits_kept = false,
          .words = {{.text = "Hello", .source = 0}, {.text = "John", .source = std::nullopt}}};
}

std::vector<std::string> payloads() {
  return {
      encode(Facts{.name = "marian",
                   .languages = {kEnglish},
                   .pairs = {{kEnglish, kPortuguese}},
                   .voices = {{"en", "af_heart"}}}),
      encode(Hear{.stream = 7, .context = {"session", "speaker", kEnglish}, .start_over = true, .samples = {}},
             kSamples),
      encode(Speak{.stream = 8,
                   .request = {.phrase = "Olá.", .language = kPortuguese, .voice = "pf_dora", .before = "Bom dia,"},
                   .skip = 4800,
                   .next = true}),
      encode(Sound{.samples = {kSamples.begin(), kSamples.end()}, .position = {.given = milliseconds(5)}}),
      encode(transcript()),
      encode(translation::TranslationRequest{.source = "a", .pair = {kEnglish, kPortuguese}, .committed_prefix = "b"}),
      encode(translation()),
      encode(Error{.code = ErrorCode::kNotFound, .message = "gone"}),
      encode_stream(9),
  };
}

TEST(Protocol, WhatIsSaidIsUnderstood) {
  const auto all = payloads();
  const auto facts = decode<Facts>(all[0]).value();
  EXPECT_EQ(facts.name, "marian");
  EXPECT_TRUE(facts.languages.contains(kEnglish));
  EXPECT_TRUE(facts.pairs.contains({kEnglish, kPortuguese}));
  EXPECT_EQ(facts.voices.at("en"), "af_heart");
  const auto hear = decode<Hear>(all[1]).value();
  EXPECT_EQ(hear.stream, 7U);
  EXPECT_EQ(hear.context.speaker_id, "speaker");
  EXPECT_EQ(hear.context.language, kEnglish);
  EXPECT_TRUE(hear.start_over);
  EXPECT_FALSE(hear.finish);
  EXPECT_EQ(hear.samples, std::vector(kSamples.begin(), kSamples.end()));
  const auto speak = decode<Speak>(all[2]).value();
  EXPECT_EQ(speak.request.phrase, "Olá.");
  EXPECT_EQ(speak.request.before, "Bom dia,");
  EXPECT_EQ(speak.request.speed, 1.0);
  EXPECT_EQ(speak.skip, 4800U);
  EXPECT_TRUE(speak.next);
  EXPECT_EQ(decode<Sound>(all[3])->samples.back(), 32767);
  EXPECT_EQ(decode<Sound>(all[3])->position.given, milliseconds(5));
  const auto heard = decode<recognition::Transcript>(all[4]).value();
  EXPECT_EQ(heard.words[1].text, "João");
  EXPECT_EQ(heard.words[1].end, milliseconds(700));
  EXPECT_EQ(heard.agreed, 1U);
  EXPECT_EQ(decode<translation::TranslationRequest>(all[5])->committed_prefix, "b");
  const auto translated = decode<translation::Translation>(all[6]).value();
  EXPECT_EQ(translated.words[0].source, 0U);
  EXPECT_EQ(translated.words[1].source, std::nullopt);
  EXPECT_FALSE(translated.digits_kept);
  EXPECT_EQ(decode<Error>(all[7])->code, ErrorCode::kNotFound);
  EXPECT_EQ(decode_stream(all[8]), 9U);
}

TEST(Protocol, LessOrMoreThanItShouldBeIsNothing) {
  const auto payload = encode(transcript());
  for (std::size_t size = 0; size < payload.size(); ++size)
    EXPECT_FALSE(decode<recognition::Transcript>(std::string_view(payload).substr(0, size))) << size;
  EXPECT_FALSE(decode<recognition::Transcript>(payload + "x"));
}

TEST(Protocol, ValuesThatCannotBeAreNothing) {
  auto more = transcript();
  more.agreed = 3;
  EXPECT_FALSE(decode<recognition::Transcript>(encode(more)));
  auto unsure = transcript();
  unsure.confidence = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(decode<recognition::Transcript>(encode(unsure)));
  EXPECT_FALSE(decode<Error>(Writer().put(std::uint8_t{99}).put(std::string_view("x")).take()));
  // A list of four thousand million words in twelve bytes.
  EXPECT_FALSE(decode<Facts>(Writer().put(std::string_view()).put(std::uint32_t{0xffffffff}).put(1.0).take()));
}

TEST(Wire, MessagesComeOutWholeHoweverTheyAreCut) {
  std::string bytes;
  for (const auto& payload : payloads()) append(bytes, MessageType::kHeard, 3, payload);
  for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, bytes.size()}) {
    const auto [messages, broken] = testing::count_messages(bytes, piece);
    EXPECT_EQ(messages, payloads().size());
    EXPECT_FALSE(broken);
  }
}

TEST(Wire, WhatIsNoMessageIsRefused) {
  std::string long_one;
  append(long_one, MessageType::kHeard, 3, "x");
  long_one[3] = '\x7f';  // Two thousand million bytes.
  EXPECT_TRUE(testing::count_messages(long_one, 13).second);
  std::string unknown;
  append(unknown, MessageType{42}, 3, "x");
  EXPECT_TRUE(testing::count_messages(unknown, 13).second);
}

TEST(Wire, BrokenBytesBreakNothing) {
  std::mt19937 random(6);  // NOLINT(bugprone-random-generator-seed): the same every time
  std::string good;
  for (const auto& payload : payloads()) append(good, MessageType::kSound, 3, payload);
  for (int round = 0; round < 3000; ++round) {
    auto bytes = good;
    for (int changes = 0; changes < 4; ++changes) bytes[random() % bytes.size()] = static_cast<char>(random());
    if (round % 3 == 0) bytes.erase(random() % bytes.size(), random() % 40);
    testing::check_bytes(bytes);
  }
}

}  // namespace
}  // namespace parley::workers
