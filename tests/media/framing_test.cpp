// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/framing.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer.h"

namespace parley::media {
namespace {

using testing::Bytes;
using testing::bytes_of;
using testing::message;
using testing::operator+;

struct Seen {
  std::uint8_t type;
  Bytes payload;
  bool operator==(const Seen&) const = default;
};

/// Feeds pieces and collects messages, as a connection would.
class Feed {
 public:
  void give(std::span<const std::byte> bytes) {
    const std::span<std::byte> space = reader_.space();
    ASSERT_GE(space.size(), bytes.size());
    std::memcpy(space.data(), bytes.data(), bytes.size());
    reader_.commit(bytes.size());
    while (true) {
      const Result<std::optional<Message>> next = reader_.next();
      if (!next) {
        error = next.error().message;
        return;
      }
      if (!*next) return;
      seen.push_back({(**next).type, Bytes((**next).payload.begin(), (**next).payload.end())});
    }
  }

  std::vector<Seen> seen;
  std::string error;

 private:
  MessageReader reader_;
};

TEST(Framing, AStreamCutAnywhereGivesTheSameMessages) {
  const Bytes stream =
      message(0x01, "{}") + message(0x12, Bytes(640)) + message(0x00) + message(0x21, "abcd") + message(0x77, "odd");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    Feed feed;
    feed.give(std::span(stream).first(cut));
    feed.give(std::span(stream).subspan(cut));
    ASSERT_EQ(feed.error, "");
    ASSERT_EQ(feed.seen, (std::vector<Seen>{{0x01, bytes_of("{}")},
                                            {0x12, Bytes(640)},
                                            {0x00, {}},
                                            {0x21, bytes_of("abcd")},
                                            {0x77, bytes_of("odd")}}));
  }
}

TEST(Framing, AStreamByteByByteGivesTheSameMessages) {
  const Bytes stream = message(0x01, Bytes(kLongestPayload)) + message(0x00) + message(0x12, Bytes(640));
  Feed feed;
  for (const std::byte& byte : stream) feed.give(std::span(&byte, 1));
  ASSERT_EQ(feed.seen.size(), 3U);
  EXPECT_EQ(feed.seen[0].payload.size(), kLongestPayload);
}

TEST(Framing, ATruncatedMessageIsNotGiven) {
  const Bytes whole = message(0x12, Bytes(640));
  Feed feed;
  feed.give(std::span(whole).first(whole.size() - 1));
  EXPECT_TRUE(feed.seen.empty());
  EXPECT_EQ(feed.error, "");
}

TEST(Framing, AMessageTooLongIsAnErrorAtItsHeaderAndForGood) {
  Feed feed;
  feed.give(Bytes{std::byte{0x12}, std::byte{0x10}, std::byte{0x01}});  // 4097
  EXPECT_THAT(feed.error, ::testing::HasSubstr("4097"));
  feed.error.clear();
  feed.give(message(0x00));
  EXPECT_THAT(feed.error, ::testing::HasSubstr("lost step"));
  EXPECT_TRUE(feed.seen.empty());
}

TEST(Framing, ManyMessagesAtOnceNeedNoRoomBeyondTheBuffer) {
  MessageReader reader;
  const Bytes one = message(0x12, Bytes(640));
  std::size_t written = 0;
  std::size_t read = 0;
  for (int round = 0; round < 1000; ++round) {
    const std::span<std::byte> space = reader.space();
    ASSERT_GE(space.size(), kLongestPayload / 2);
    for (std::byte& byte : space) byte = one[written++ % one.size()];
    reader.commit(space.size());
    for (auto next = reader.next(); next && *next; next = reader.next()) ++read;
  }
  EXPECT_EQ(read, written / one.size());
}

}  // namespace
}  // namespace parley::media
