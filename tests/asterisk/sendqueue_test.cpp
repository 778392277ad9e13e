// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

extern "C" {
#include "sendqueue.h"
}

namespace {

using Messages = std::vector<std::pair<int, std::string>>;

// The messages in a stream of bytes; fails the test when they are not whole.
Messages split(const std::string& bytes) {
  Messages messages;
  std::size_t at = 0;
  while (at + 3 <= bytes.size()) {
    const auto length = static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + 1]) << 8 |
                                                 static_cast<unsigned char>(bytes[at + 2]));
    messages.emplace_back(static_cast<unsigned char>(bytes[at]), bytes.substr(at + 3, length));
    at += 3 + length;
  }
  EXPECT_EQ(at, bytes.size()) << "a message was cut";
  return messages;
}

class SendQueue : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(em_sendqueue_init(&queue_, 4), 0);
    open();
  }

  void TearDown() override {
    em_sendqueue_free(&queue_);
    close(ours_);
    close(theirs_);
  }

  void open() {
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ours_ = pair[0];
    theirs_ = pair[1];
  }

  void audio(char fill, std::size_t length = EM_AUDIO_BYTES) {
    const std::string bytes(length, fill);
    em_sendqueue_audio(&queue_, reinterpret_cast<const unsigned char*>(bytes.data()), length);
  }

  void digit(char key) {
    const auto byte = static_cast<unsigned char>(key);
    EXPECT_EQ(em_sendqueue_control(&queue_, EM_DTMF, &byte, 1), 0);
  }

  std::string receive(std::size_t most = 1 << 20) {
    std::string all(most, '\0');
    const auto got = recv(theirs_, all.data(), all.size(), MSG_DONTWAIT);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }

  // Fills the socket until it takes no more; returns how many bytes that were.
  std::size_t block() {
    const std::string filler(4096, 'f');
    std::size_t total = 0;
    for (ssize_t n = 0; (n = send(ours_, filler.data(), filler.size(), MSG_DONTWAIT)) > 0;)
      total += static_cast<std::size_t>(n);
    return total;
  }

  em_sendqueue queue_{};
  int ours_ = -1;
  int theirs_ = -1;
};

TEST_F(SendQueue, HelloGoesFirst) {
  audio('a');
  ASSERT_EQ(em_sendqueue_restart(&queue_, "{}", 2), 0);
  ASSERT_EQ(em_sendqueue_flush(&queue_, ours_), 0);
  EXPECT_EQ(split(receive()), (Messages{{EM_HELLO, "{}"}, {EM_AUDIO, std::string(640, 'a')}}));
  EXPECT_EQ(queue_.audio_sent, 1U);
}

TEST_F(SendQueue, RefusesAHelloThatIsTooLong) {
  const std::string hello(EM_PAYLOAD_MAX + 1, ' ');
  EXPECT_EQ(em_sendqueue_restart(&queue_, hello.data(), hello.size()), -1);
  EXPECT_EQ(em_sendqueue_restart(&queue_, hello.data(), 0), -1);
}

TEST_F(SendQueue, MakesFramesOf20MsFromAnyPortions) {
  audio('a', 320);
  EXPECT_EQ(queue_.count, 0U);
  audio('b', 960);
  em_sendqueue_flush(&queue_, ours_);
  EXPECT_EQ(split(receive()),
            (Messages{{EM_AUDIO, std::string(320, 'a') + std::string(320, 'b')}, {EM_AUDIO, std::string(640, 'b')}}));
}

TEST_F(SendQueue, DropsTheOldestAudioAndKeepsControlInItsPlace) {
  digit('1');
  for (const char fill : {'a', 'b'}) audio(fill);
  digit('2');
  for (const char fill : {'c', 'd', 'e', 'f'}) audio(fill);
  digit('3');
  EXPECT_EQ(queue_.audio_dropped, 2U);
  em_sendqueue_flush(&queue_, ours_);
  const auto frame = [](char fill) { return std::pair{int{EM_AUDIO}, std::string(640, fill)}; };
  EXPECT_EQ(split(receive()),
            (Messages{{EM_DTMF, "1"}, {EM_DTMF, "2"}, frame('c'), frame('d'), frame('e'), frame('f'), {EM_DTMF, "3"}}));
}

TEST_F(SendQueue, FinishesAMessageThatTheSocketTookInPart) {
  const auto filler = block();
  for (int i = 0; i < 3; ++i) audio(static_cast<char>('a' + i));
  ASSERT_EQ(em_sendqueue_flush(&queue_, ours_), 0);
  std::string bytes;
  // Little by little, so that sends are cut at odd places; meanwhile more audio than fits comes in.
  for (int i = 0; i < 400; ++i) {
    bytes += receive(filler / 150);
    if (i % 20 == 0) audio('z');
    ASSERT_EQ(em_sendqueue_flush(&queue_, ours_), 0);
  }
  bytes += receive();
  const auto messages = split(bytes.substr(filler));
  ASSERT_FALSE(messages.empty());
  for (const auto& [type, payload] : messages) {
    EXPECT_EQ(type, EM_AUDIO);
    EXPECT_EQ(payload, std::string(640, payload[0]));
  }
  EXPECT_EQ(messages.size(), queue_.audio_sent);
}

TEST_F(SendQueue, BoundsTheControlMessages) {
  for (int i = 0; i < EM_SEND_CONTROL_MAX; ++i) digit('1');
  const unsigned char key = '2';
  EXPECT_EQ(em_sendqueue_control(&queue_, EM_DTMF, &key, 1), -1);
  audio('a');
  EXPECT_EQ(queue_.count, EM_SEND_CONTROL_MAX + 1U);
}

TEST_F(SendQueue, ANewConnectionGetsWhatTheOldOneDidNotButNoAnswersToItsMarks) {
  const unsigned char id[4] = {0, 0, 0, 1};
  digit('1');
  audio('a');
  em_sendqueue_control(&queue_, EM_MARK, id, 4);
  em_sendqueue_control(&queue_, EM_MARK_FLUSHED, id, 4);
  audio('b');
  ASSERT_EQ(em_sendqueue_restart(&queue_, "{}", 2), 0);
  em_sendqueue_flush(&queue_, ours_);
  EXPECT_EQ(
      split(receive()),
      (Messages{
          {EM_HELLO, "{}"}, {EM_DTMF, "1"}, {EM_AUDIO, std::string(640, 'a')}, {EM_AUDIO, std::string(640, 'b')}}));
}

TEST_F(SendQueue, ABrokenConnectionIsSaid) {
  close(theirs_);
  theirs_ = -1;
  audio('a');
  EXPECT_EQ(em_sendqueue_flush(&queue_, ours_), -1);
}

}  // namespace
