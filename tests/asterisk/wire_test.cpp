// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

extern "C" {
#include "wire.h"
}

namespace {

using Bytes = std::vector<unsigned char>;

Bytes message(int type, const Bytes& payload) {
  Bytes out{static_cast<unsigned char>(type), static_cast<unsigned char>(payload.size() >> 8),
            static_cast<unsigned char>(payload.size())};
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

class Parser : public ::testing::Test {
 protected:
  void feed(const Bytes& bytes) {
    std::size_t room = 0;
    unsigned char* space = em_parser_space(&parser_, &room);
    ASSERT_LE(bytes.size(), room);
    std::memcpy(space, bytes.data(), bytes.size());
    em_parser_filled(&parser_, bytes.size());
  }

  em_parse next() { return em_parser_next(&parser_, &message_); }

  em_parser parser_{};
  em_message message_{};
};

TEST_F(Parser, ReadsEveryMessageAServerMaySend) {
  const std::vector<Bytes> good{message(EM_HANGUP, {}),  message(EM_HANGUP, {21}),
                                message(EM_DTMF, {'#'}), message(EM_AUDIO, Bytes(640)),
                                message(EM_FLUSH, {}),   message(EM_MARK, {0, 0, 1, 2})};
  for (const auto& bytes : good) {
    feed(bytes);
    ASSERT_EQ(next(), EM_PARSE_MESSAGE) << int{bytes[0]};
    EXPECT_EQ(message_.type, bytes[0]);
    EXPECT_EQ(Bytes(message_.payload, message_.payload + message_.length), Bytes(bytes.begin() + 3, bytes.end()));
    EXPECT_EQ(next(), EM_PARSE_MORE);
  }
}

TEST_F(Parser, RefusesWhatTheProtocolForbidsAndStaysRefusing) {
  const std::vector<Bytes> bad{message(EM_HANGUP, {1, 2}),    message(EM_HELLO, {'{', '}'}),
                               message(EM_DTMF, {'x'}),       message(EM_DTMF, {0}),
                               message(EM_DTMF, {}),          message(EM_DTMF, {'1', '2'}),
                               message(EM_AUDIO, {}),         message(EM_AUDIO, Bytes(639)),
                               message(EM_AUDIO, Bytes(641)), message(EM_FLUSH, {0}),
                               message(EM_MARK, {}),          message(EM_MARK, Bytes(3)),
                               message(EM_MARK, Bytes(5)),    message(EM_MARK_FLUSHED, {0, 0, 0, 1})};
  for (const auto& bytes : bad) {
    em_parser_reset(&parser_);
    feed(bytes);
    feed(message(EM_FLUSH, {}));
    EXPECT_EQ(next(), EM_PARSE_ERROR) << int{bytes[0]} << " of " << bytes.size() - 3;
    EXPECT_NE(parser_.error, nullptr);
    EXPECT_EQ(next(), EM_PARSE_ERROR);
  }
}

TEST_F(Parser, KnowsThatALengthIsTooLongBeforeThePayloadArrives) {
  feed({0x70, 0x10, 0x01});
  EXPECT_EQ(next(), EM_PARSE_ERROR);
}

TEST_F(Parser, SkipsUnknownTypesUpToTheLimit) {
  feed(message(0x70, Bytes(4096)));
  EXPECT_EQ(next(), EM_PARSE_UNKNOWN);
  feed(message(EM_DTMF, {'1'}));
  EXPECT_EQ(next(), EM_PARSE_MESSAGE);
}

TEST_F(Parser, PutsPortionsTogether) {
  auto bytes = message(EM_AUDIO, Bytes(640, 7));
  const auto more = message(EM_MARK, {1, 2, 3, 4});
  bytes.insert(bytes.end(), more.begin(), more.end());
  int messages = 0;
  for (const unsigned char byte : bytes) {
    feed({byte});
    messages += next() == EM_PARSE_MESSAGE;
  }
  EXPECT_EQ(messages, 2);
  EXPECT_EQ(em_read_u32(message_.payload), 0x01020304U);
}

TEST_F(Parser, AlwaysHasRoomForAWholeMessage) {
  const auto frame = message(EM_AUDIO, Bytes(640));
  for (int i = 0; i < 100; ++i) {
    std::size_t room = 0;
    em_parser_space(&parser_, &room);
    EXPECT_GE(room, std::size_t{EM_PAYLOAD_MAX});
    feed(frame);
    feed(Bytes(frame.begin(), frame.begin() + 100));
    EXPECT_EQ(next(), EM_PARSE_MESSAGE);
    EXPECT_EQ(next(), EM_PARSE_MORE);
    feed(Bytes(frame.begin() + 100, frame.end()));
    EXPECT_EQ(next(), EM_PARSE_MESSAGE);
  }
}

TEST(Wire, NumbersAreBigEndian) {
  unsigned char bytes[4];
  em_write_u32(bytes, 0xfedcba98U);
  EXPECT_EQ(bytes[0], 0xfe);
  EXPECT_EQ(em_read_u32(bytes), 0xfedcba98U);
  em_write_header(bytes, EM_AUDIO, 640);
  EXPECT_EQ(bytes[1], 2);
  EXPECT_EQ(bytes[2], 128);
}

TEST(Wire, TheKeysOfATelephone) {
  for (const char key : std::string("0123456789*#ABCD")) EXPECT_TRUE(em_is_digit(static_cast<unsigned char>(key)));
  for (const char key : {'\0', 'a', 'E', ' ', '\xff'}) EXPECT_FALSE(em_is_digit(static_cast<unsigned char>(key)));
}

}  // namespace
