// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audiosocket_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer.h"

namespace parley::media::audiosocket {
namespace {

using media::testing::Bytes;
using media::testing::bytes_of;
using ::testing::HasSubstr;

Bytes from_hex(std::string_view hex) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return bytes;
}

const Bytes kUuid = from_hex("67430f4b00000000000000040a656e00");

Result<Incoming> after_uuid(std::uint8_t type, const Bytes& payload) {
  Decoder decoder;
  EXPECT_TRUE(decoder.decode({0x01, kUuid}));
  return decoder.decode({type, payload});
}

std::string error_of(const Result<Incoming>& incoming) { return incoming ? "" : incoming.error().message; }

TEST(AudioSocketUuid, CarriesSessionLegAndLanguage) {
  const auto info = parse_uuid(kUuid);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->session, "67430f4b0000000000000004");
  EXPECT_EQ(info->leg, "a");
  EXPECT_EQ(info->speaks.code(), "en");
  EXPECT_EQ(info->hears.code(), "en");
  EXPECT_EQ(parse_uuid(from_hex("67430f4b00000000000000040b707400"))->leg, "b");
  const auto mirror = parse_uuid(from_hex("67430f4b00000000000000040e707400"));
  EXPECT_EQ(mirror->leg, "mirror");
  EXPECT_EQ(mirror->speaks.code(), "pt");
  EXPECT_TRUE(mirror->hears.empty());
}

TEST(AudioSocketUuid, OfSomebodyElsesDialplanIsRefusedWithAReason) {
  EXPECT_THAT(parse_uuid(from_hex("67430f4b000000000000000401656e00")).error().message, HasSubstr("byte 12"));
  EXPECT_THAT(parse_uuid(from_hex("67430f4b00000000000000040a000000")).error().message, HasSubstr("bytes 13 and 14"));
  EXPECT_THAT(parse_uuid(from_hex("67430f4b00000000000000040a656e01")).error().message, HasSubstr("byte 15"));
  EXPECT_THAT(parse_uuid(from_hex("67430f")).error().message, HasSubstr("3 bytes"));
  EXPECT_FALSE(parse_uuid({}));
}

TEST(AudioSocket, EveryMessageHasItsMeaning) {
  const Audio narrow = std::get<Audio>(*after_uuid(0x10, Bytes(320)));
  EXPECT_FALSE(narrow.wide);
  EXPECT_EQ(narrow.bytes.size(), 320U);
  EXPECT_TRUE(std::get<Audio>(*after_uuid(0x12, Bytes(640))).wide);
  EXPECT_EQ(std::get<Dtmf>(*after_uuid(0x03, bytes_of("5"))).digit, '5');
  EXPECT_TRUE(std::holds_alternative<Hangup>(*after_uuid(0x00, {})));
  EXPECT_EQ(std::get<PeerError>(*after_uuid(0xff, {std::byte{2}})).code, 2);
  EXPECT_EQ(std::get<PeerError>(*after_uuid(0xff, {})).code, 0);
  EXPECT_EQ(std::get<Unknown>(*after_uuid(0x42, Bytes(10))).type, 0x42);
  EXPECT_EQ(std::get<Unknown>(*after_uuid(0x03, bytes_of("??"))).type, 0x03);
}

TEST(AudioSocket, AudioOfPhonesWithOtherFrameLengthsIsTaken) {
  EXPECT_EQ(std::get<Audio>(*after_uuid(0x10, Bytes(480))).bytes.size(), 480U);
  EXPECT_EQ(std::get<Audio>(*after_uuid(0x10, {})).bytes.size(), 0U);
  EXPECT_THAT(error_of(after_uuid(0x10, Bytes(321))), HasSubstr("half a sample"));
}

TEST(AudioSocket, AudioAtOtherRatesIsRefusedSayingWhatToDo) {
  for (const int type : {0x11, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18}) {
    EXPECT_THAT(error_of(after_uuid(static_cast<std::uint8_t>(type), Bytes(960))), HasSubstr("dial with c(slin16)"))
        << type;
  }
}

TEST(AudioSocket, OrderIsHeld) {
  EXPECT_THAT(error_of(after_uuid(0x01, kUuid)), HasSubstr("second UUID"));
  Decoder decoder;
  EXPECT_THAT(error_of(decoder.decode({0x10, Bytes(320)})), HasSubstr("before the UUID"));
  Decoder hung_up;
  EXPECT_TRUE(hung_up.decode({0x00, {}})) << "a caller may be gone before the UUID was sent";
}

TEST(AudioSocket, WhatIsPackedIsWhatTheProtocolSays) {
  const auto to_bytes = [](const auto& packed) { return Bytes(packed.begin(), packed.end()); };
  EXPECT_EQ(to_bytes(pack_hangup()), media::testing::message(0x00));
  const audio::Frame frame = media::testing::numbered_frame(5);
  EXPECT_EQ(to_bytes(pack_audio(frame)), media::testing::audio_message(frame));
  NarrowFrame narrow{};
  narrow[0] = 0x1234;
  const Bytes packed = to_bytes(pack_audio(narrow));
  EXPECT_EQ(packed.size(), 323U);
  EXPECT_EQ(packed[0], std::byte{0x10});
  EXPECT_EQ(packed[3], std::byte{0x34});
}

}  // namespace
}  // namespace parley::media::audiosocket
