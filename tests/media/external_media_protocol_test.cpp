// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/external_media_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer.h"

namespace parley::media::external_media {
namespace {

using media::testing::Bytes;
using media::testing::bytes_of;
using ::testing::HasSubstr;

Bytes good_hello() {
  Bytes hello = media::testing::hello();
  hello.erase(hello.begin(), hello.begin() + 3);
  return hello;
}

Decoder greeted() {
  Decoder decoder;
  const Bytes hello = good_hello();
  EXPECT_TRUE(decoder.decode({0x01, hello}));
  return decoder;
}

template <typename T>
T meaning(std::uint8_t type, const Bytes& payload) {
  Decoder decoder = greeted();
  Result<Incoming> incoming = decoder.decode({type, payload});
  EXPECT_TRUE(incoming) << incoming.error().message;
  return std::get<T>(*incoming);
}

std::string error_after_hello(std::uint8_t type, const Bytes& payload) {
  Decoder decoder = greeted();
  const Result<Incoming> incoming = decoder.decode({type, payload});
  return incoming ? "" : incoming.error().message;
}

TEST(ExternalMedia, EveryMessageHasItsMeaning) {
  EXPECT_EQ(meaning<Dtmf>(0x03, bytes_of("#")).digit, '#');
  EXPECT_EQ(meaning<Hangup>(0x00, {}).cause, std::nullopt);
  EXPECT_EQ(meaning<Hangup>(0x00, {std::byte{17}}).cause, 17);
  EXPECT_EQ(meaning<MarkPlayed>(0x21, {std::byte{0xde}, std::byte{0xad}, std::byte{0xbe}, std::byte{0xef}}).id,
            0xdeadbeef);
  EXPECT_EQ(meaning<MarkFlushed>(0x22, {std::byte{0}, std::byte{0}, std::byte{1}, std::byte{2}}).id, 258U);
  EXPECT_EQ(meaning<Unknown>(0x55, bytes_of("whatever")).type, 0x55);
  const audio::Frame frame = media::testing::numbered_frame(3);
  Bytes payload(640);
  std::copy_n(reinterpret_cast<const std::byte*>(frame.data()), 640, payload.begin());
  EXPECT_EQ(meaning<audio::Frame>(0x12, payload), frame);
}

TEST(ExternalMedia, AudioIsLittleEndian) {
  Bytes payload(640);
  payload[0] = std::byte{0x34};
  payload[1] = std::byte{0x12};
  EXPECT_EQ(meaning<audio::Frame>(0x12, payload)[0], 0x1234);
}

TEST(ExternalMedia, WrongLengthsAndOrdersAreErrorsWithAReason) {
  EXPECT_THAT(error_after_hello(0x12, Bytes(639)), HasSubstr("audio of 639 bytes"));
  EXPECT_THAT(error_after_hello(0x12, Bytes(641)), HasSubstr("audio of 641 bytes"));
  EXPECT_THAT(error_after_hello(0x12, {}), HasSubstr("audio of 0 bytes"));
  EXPECT_THAT(error_after_hello(0x03, {}), HasSubstr("dtmf of 0 bytes"));
  EXPECT_THAT(error_after_hello(0x03, bytes_of("12")), HasSubstr("dtmf of 2 bytes"));
  EXPECT_THAT(error_after_hello(0x03, bytes_of("x")), HasSubstr("not a telephone's key"));
  EXPECT_THAT(error_after_hello(0x00, bytes_of("12")), HasSubstr("hangup of 2 bytes"));
  EXPECT_THAT(error_after_hello(0x21, bytes_of("123")), HasSubstr("mark of 3 bytes"));
  EXPECT_THAT(error_after_hello(0x22, {}), HasSubstr("mark of 0 bytes"));
  EXPECT_THAT(error_after_hello(0x20, {}), HasSubstr("flush"));
  EXPECT_THAT(error_after_hello(0x01, good_hello()), HasSubstr("second hello"));
}

TEST(ExternalMedia, NothingIsHeardBeforeHello) {
  for (int type = 0; type < 256; ++type) {
    if (type == 0x01) continue;
    Decoder decoder;
    const Bytes payload(640);
    const auto incoming = decoder.decode({static_cast<std::uint8_t>(type), payload});
    ASSERT_FALSE(incoming);
    EXPECT_THAT(incoming.error().message, HasSubstr("before hello"));
  }
}

TEST(ExternalMedia, WhatIsPackedIsWhatTheProtocolSays) {
  const auto to_bytes = [](const auto& packed) { return Bytes(packed.begin(), packed.end()); };
  EXPECT_EQ(to_bytes(pack_flush()), media::testing::message(0x20));
  EXPECT_EQ(to_bytes(pack_mark(0x01020304)), media::testing::message(0x21, "\x01\x02\x03\x04"));
  EXPECT_EQ(to_bytes(pack_hangup(31)), media::testing::message(0x00, "\x1f"));
  const audio::Frame frame = media::testing::numbered_frame(5);
  EXPECT_EQ(to_bytes(pack_audio(frame)), media::testing::audio_message(frame));
}

Result<LegInfo> parse(std::string_view json) { return parse_hello(bytes_of(json)); }

std::string hello_error(std::string_view json) {
  const auto info = parse(json);
  return info ? "" : info.error().message;
}

TEST(Hello, SaysWhoIsCalling) {
  const auto info = parse(
      R"({"protocol":1,"channel":"17.7","name":"ExternalMedia/17.4/a-3","session":"17.4","leg":"b","caller":{"number":"+5511","name":"João"},)"
      R"("speaks":"pt-BR","hears":"en","codec":"slin16","reconnect":2,"new member":[1,2]})");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->session, "17.4");
  EXPECT_EQ(info->leg, "b");
  EXPECT_EQ(info->channel, "17.7");
  EXPECT_EQ(info->caller_number, "+5511");
  EXPECT_EQ(info->caller_name, "João");
  EXPECT_EQ(info->speaks.code(), "pt");
  EXPECT_EQ(info->hears.code(), "en");
  EXPECT_EQ(info->reconnect, 2);
}

TEST(Hello, NeedsOnlyProtocolChannelAndSession) {
  const auto info = parse(R"({"protocol":1,"channel":"17.7","session":"17.4"})");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->leg, "17.7") << "a leg without a name is called by its channel";
  EXPECT_TRUE(info->speaks.empty());
  EXPECT_THAT(hello_error(R"({"channel":"c","session":"s"})"), HasSubstr("protocol is missing"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"session":"s"})"), HasSubstr("channel is missing"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":"c"})"), HasSubstr("session is missing"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":"c","session":""})"), HasSubstr("session is missing"));
}

TEST(Hello, EmptyLanguagesAreTheServersDefaultAndLongTagsAreShortened) {
  const auto info = parse(R"({"protocol":1,"channel":"c","session":"s","speaks":"","hears":"zh-Hant-TW"})");
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_TRUE(info->speaks.empty());
  EXPECT_EQ(info->hears.code(), "zh");
}

TEST(Hello, OfAnotherVersionIsRefusedAsSuch) {
  const auto info = parse(R"({"protocol":2,"channel":"c","session":"s"})");
  ASSERT_FALSE(info);
  EXPECT_EQ(info.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(info.error().message, HasSubstr("protocol 2"));
  EXPECT_EQ(parse(R"({"protocol":0,"channel":"c","session":"s"})").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(parse(R"({"protocol":18446744073709551615,"channel":"c","session":"s"})").error().code,
            ErrorCode::kUnsupported);
}

TEST(Hello, WithWrongTypesIsRefusedNamingTheMember) {
  const std::string good = R"("protocol":1,"channel":"c","session":"s")";
  EXPECT_THAT(hello_error(R"({"protocol":"1","channel":"c","session":"s"})"), HasSubstr("protocol is no whole number"));
  EXPECT_THAT(hello_error(R"({"protocol":1.5,"channel":"c","session":"s"})"), HasSubstr("protocol is no whole number"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":7,"session":"s"})"), HasSubstr("channel is no string"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":"c","session":null})"), HasSubstr("session is no string"));
  EXPECT_THAT(hello_error("{" + good + R"(,"leg":["a"]})"), HasSubstr("leg is no string"));
  EXPECT_THAT(hello_error("{" + good + R"(,"caller":"100"})"), HasSubstr("caller is no object"));
  EXPECT_THAT(hello_error("{" + good + R"(,"caller":{"number":100}})"), HasSubstr("number is no string"));
  EXPECT_THAT(hello_error("{" + good + R"(,"speaks":{}})"), HasSubstr("speaks is no string"));
  EXPECT_THAT(hello_error("{" + good + R"(,"hears":"klingon"})"), HasSubstr("hears"));
  EXPECT_THAT(hello_error("{" + good + R"(,"reconnect":-1})"), HasSubstr("reconnect"));
  EXPECT_THAT(hello_error("{" + good + R"(,"reconnect":1e99})"), HasSubstr("reconnect"));
  EXPECT_THAT(hello_error("{" + good + R"(,"codec":"slin48"})"), HasSubstr("slin48"));
}

TEST(Hello, ThatIsNoJsonObjectIsRefused) {
  for (const char* text :
       {"", " ", "{", "nonsense", "{\"protocol\":1", "{\"protocol\":1}}", "\xff\xfe", "{\"session\":\"\xc3\x28\"}"}) {
    EXPECT_THAT(hello_error(text), HasSubstr("not JSON")) << text;
  }
  EXPECT_THAT(hello_error("[1,2]"), HasSubstr("no JSON object"));
  EXPECT_THAT(hello_error("null"), HasSubstr("no JSON object"));
  EXPECT_THAT(hello_error(std::string(4096, '[')), HasSubstr("not JSON"));
  EXPECT_THAT(hello_error(std::string(2048, '[') + std::string(2048, ']')), HasSubstr("no JSON object"));
  std::string deep =
      R"({"protocol":1,"channel":"c","session":"s","x":)" + std::string(1900, '[') + std::string(1900, ']') + "}";
  EXPECT_EQ(hello_error(deep), "") << "depth alone is no fault";
}

TEST(Hello, ControlCharactersNeitherNameASessionNorReachALog) {
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":"c","session":"a\nb"})"), HasSubstr("control characters"));
  EXPECT_THAT(hello_error(R"({"protocol":1,"channel":"c","session":"a\u0000b"})"), HasSubstr("control characters"));
  const auto info =
      parse(R"({"protocol":1,"channel":"c","session":"s","caller":{"name":"Eve\r\nERROR all is lost\u001b[31m"}})");
  ASSERT_TRUE(info);
  EXPECT_EQ(info->caller_name, "Eve  ERROR all is lost [31m");
}

}  // namespace
}  // namespace parley::media::external_media
