// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/outbox.h"

#include <random>

#include <gtest/gtest.h>

#include "media/framing.h"
#include "peer.h"

namespace parley::media {
namespace {

using testing::Bytes;
using testing::message;
using testing::operator+;

Bytes audio(char name) { return message(0x12, Bytes(640, static_cast<std::byte>(name))); }

Bytes pending(const Outbox& outbox) { return Bytes(outbox.pending().begin(), outbox.pending().end()); }

constexpr Outbox::Limits kThreeFrames{3 * 643, 64};

TEST(Outbox, KeepsOrder) {
  Outbox outbox(kThreeFrames);
  outbox.push_audio(audio('a'));
  outbox.push_control(message(0x21, "0001"));
  outbox.push_audio(audio('b'));
  EXPECT_EQ(pending(outbox), audio('a') + message(0x21, "0001") + audio('b'));
}

TEST(Outbox, DropsTheOldestAudioWholeAndNeverControl) {
  Outbox outbox(kThreeFrames);
  EXPECT_TRUE(outbox.push_control(message(0x21, "0001")));
  for (const char name : {'a', 'b', 'c'}) EXPECT_EQ(outbox.push_audio(audio(name)), 0U);
  EXPECT_TRUE(outbox.push_control(message(0x21, "0002")));
  EXPECT_EQ(outbox.push_audio(audio('d')), 1U);
  EXPECT_EQ(pending(outbox), message(0x21, "0001") + audio('b') + audio('c') + message(0x21, "0002") + audio('d'));
}

TEST(Outbox, NeverDropsWhatHasBegunToBeSent) {
  Outbox outbox(kThreeFrames);
  for (const char name : {'a', 'b', 'c'}) outbox.push_audio(audio(name));
  outbox.consume(10);
  EXPECT_EQ(outbox.push_audio(audio('d')), 1U);
  const Bytes whole = audio('a') + audio('c') + audio('d');
  EXPECT_EQ(pending(outbox), Bytes(whole.begin() + 10, whole.end()));
  EXPECT_EQ(outbox.drop_audio(), 2U);
  EXPECT_EQ(outbox.pending().size(), 633U);
}

TEST(Outbox, DropsTheNewAudioWhenTheOneBeingSentFillsTheRoom) {
  Outbox outbox({643, 64});
  outbox.push_audio(audio('a'));
  outbox.consume(1);
  EXPECT_EQ(outbox.push_audio(audio('b')), 1U);
  EXPECT_EQ(outbox.pending().size(), 642U);
}

TEST(Outbox, SaysWhenAPeerDoesNotReadControlAnyMore) {
  Outbox outbox({643, 14});
  EXPECT_TRUE(outbox.push_control(message(0x21, "0001")));
  EXPECT_TRUE(outbox.push_control(message(0x21, "0002")));
  EXPECT_FALSE(outbox.push_control(message(0x20)));
  EXPECT_EQ(outbox.push_audio(audio('a')), 0U) << "audio has room of its own";
}

TEST(Outbox, WhateverThePeerReadsItGetsWholeMessagesAndAllControlInOrder) {
  std::mt19937 random(7);
  Outbox outbox({5 * 643, 4096});
  MessageReader reader;
  int control_sent = 0;
  int control_heard = 0;
  std::size_t audio_sent = 0;
  std::size_t audio_dropped = 0;
  std::size_t audio_heard = 0;
  const auto drain = [&](std::size_t count) {
    while (count > 0) {
      const std::span<const std::byte> bytes =
          outbox.pending().first(std::min({count, outbox.pending().size(), std::size_t{1000}}));
      if (bytes.empty()) return;
      const std::span<std::byte> space = reader.space();
      std::copy(bytes.begin(), bytes.end(), space.begin());
      reader.commit(bytes.size());
      outbox.consume(bytes.size());
      count -= bytes.size();
      for (auto next = reader.next(); next && *next; next = reader.next()) {
        if ((**next).type == 0x12) {
          ++audio_heard;
          ASSERT_EQ((**next).payload.size(), 640U);
        } else {
          ASSERT_EQ(std::to_integer<int>((**next).payload[0]), control_heard++ % 100);
        }
      }
    }
  };
  for (int round = 0; round < 5000; ++round) {
    if (random() % 4 == 0) {
      ASSERT_TRUE(outbox.push_control(message(0x21, Bytes{static_cast<std::byte>(control_sent++ % 100)})));
    } else {
      ++audio_sent;
      audio_dropped += outbox.push_audio(audio('x'));
    }
    if (random() % 100 == 0) audio_dropped += outbox.drop_audio();
    drain(random() % 900);
  }
  drain(1'000'000);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(control_heard, control_sent);
  EXPECT_EQ(audio_heard + audio_dropped, audio_sent);
  EXPECT_GT(audio_dropped, 0U);
}

}  // namespace
}  // namespace parley::media
