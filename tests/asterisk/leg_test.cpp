// SPDX-License-Identifier: GPL-3.0-or-later
// A leg against a socket of the test's own, with the test's own clock.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

extern "C" {
#include "leg.h"
}

namespace {

class Leg : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("parley-leg-" + std::to_string(getpid()));
    std::filesystem::create_directories(directory_);
    path_ = directory_ / "media.sock";
    std::strcpy(options_.socket, path_.c_str());
    options_.connect_timeout_ms = 1000;
    options_.playout = {.prime = 2, .depth = 8, .cap = 50};
    options_.send_frames = 25;
    make();
  }

  void TearDown() override {
    em_leg_free(&leg_);
    hang_up_server();
    std::filesystem::remove_all(directory_);
  }

  void make() {
    static const em_leg_events events{
        [](void* owner, unsigned reconnect, char* out, std::size_t size) -> std::size_t {
          const auto length = std::snprintf(out, size, R"({"reconnect":%u})", reconnect);
          return static_cast<Leg*>(owner)->can_say_hello_ ? static_cast<std::size_t>(length) : 0;
        },
        [](void* owner, char digit) { static_cast<Leg*>(owner)->digits_ += digit; },
        [](void* owner, const char* text) { static_cast<Leg*>(owner)->notes_.emplace_back(text); }};
    ASSERT_EQ(em_leg_init(&leg_, &options_, &events, this), 0);
  }

  void remake() {
    em_leg_free(&leg_);
    make();
  }

  void listen_here(int backlog = 5) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path_.c_str());
    unlink(path_.c_str());
    listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_EQ(listen(listener_, backlog), 0);
  }

  void accept_leg() {
    if (server_ >= 0) close(server_);
    server_ = accept(listener_, nullptr, nullptr);
    ASSERT_GE(server_, 0);
  }

  void hang_up_server() {
    for (int* fd : {&server_, &listener_}) {
      if (*fd >= 0) close(*fd);
      *fd = -1;
    }
    unlink(path_.c_str());
  }

  void start() {
    listen_here();
    em_leg_start(&leg_, now_);
    accept_leg();
    ASSERT_EQ(leg_.state, EM_LEG_OPEN);
  }

  std::string server_reads() {
    std::string all(65536, '\0');
    const auto got = recv(server_, all.data(), all.size(), MSG_DONTWAIT);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }

  void server_writes(const std::string& bytes) {
    ASSERT_EQ(send(server_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    em_leg_receive(&leg_, now_);
  }

  // Lets time pass in ticks of 20 ms.
  void pass(int ms) {
    for (int t = 0; t < ms; t += 20) {
      now_ += 20;
      unsigned char frame[EM_AUDIO_BYTES];
      em_playout_pop(&leg_.playout, frame);
      em_leg_tick(&leg_, now_);
    }
  }

  static std::string hello(int reconnect) {
    const auto json = R"({"reconnect":)" + std::to_string(reconnect) + "}";
    return std::string{'\x01', '\0', static_cast<char>(json.size())} + json;
  }

  static std::string frame() { return std::string("\x12\x02\x80", 3) + std::string(640, '\1'); }

  std::filesystem::path directory_;
  std::filesystem::path path_;
  em_options options_{};
  em_leg leg_{};
  std::int64_t now_ = 1'000'000;
  int listener_ = -1;
  int server_ = -1;
  bool can_say_hello_ = true;
  std::string digits_;
  std::vector<std::string> notes_;
};

TEST_F(Leg, SaysHelloAndThenWhatThePartySays) {
  start();
  EXPECT_EQ(server_reads(), hello(0));
  const std::string speech(1280, 'x');
  em_leg_audio(&leg_, reinterpret_cast<const unsigned char*>(speech.data()), speech.size(), now_);
  EXPECT_EQ(server_reads().size(), 2U * 643);
  em_leg_digit(&leg_, '5', now_);
  em_leg_digit(&leg_, '?', now_);
  EXPECT_EQ(server_reads(), std::string("\x03\x00\x01\x35", 4));
}

TEST_F(Leg, SaysHangupWhenItIsFreed) {
  start();
  server_reads();
  em_leg_free(&leg_);
  EXPECT_EQ(server_reads(), std::string("\0\0\0", 3));
  char byte;
  EXPECT_EQ(recv(server_, &byte, 1, 0), 0);
}

TEST_F(Leg, EndsAtOnceWhenNobodyListens) {
  em_leg_start(&leg_, now_);
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.cause, EM_CAUSE_OUT_OF_ORDER);
  EXPECT_EQ(notes_.size(), 1U);
}

TEST_F(Leg, EndsWhenItCannotSayHello) {
  can_say_hello_ = false;
  listen_here();
  em_leg_start(&leg_, now_);
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.fd, -1);
}

TEST_F(Leg, WaitsForABusyServerUntilTheTimeout) {
  listen_here(0);
  std::vector<int> others;
  while (true) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strcpy(address.sun_path, path_.c_str());
    others.push_back(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    if (connect(others.back(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) break;
  }
  em_leg_start(&leg_, now_);
  EXPECT_EQ(leg_.state, EM_LEG_CONNECTING);
  pass(980);
  EXPECT_EQ(leg_.state, EM_LEG_CONNECTING);
  pass(40);
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  for (const int fd : others) close(fd);
}

TEST_F(Leg, ReconnectsAfter200And400And800MsAndThenEnds) {
  start();
  hang_up_server();
  em_leg_receive(&leg_, now_);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  pass(1380);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  pass(40);
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.cause, EM_CAUSE_OUT_OF_ORDER);
}

TEST_F(Leg, AServerThatComesBackGetsAFreshHelloAndTheSpeechThatWaited) {
  start();
  hang_up_server();
  em_leg_receive(&leg_, now_);
  const std::string speech(640, 'x');
  em_leg_audio(&leg_, reinterpret_cast<const unsigned char*>(speech.data()), speech.size(), now_);
  listen_here();
  pass(200);
  ASSERT_EQ(leg_.state, EM_LEG_OPEN);
  accept_leg();
  const auto bytes = server_reads();
  EXPECT_EQ(bytes.substr(0, hello(1).size()), hello(1));
  EXPECT_EQ(bytes.size(), hello(1).size() + 643);
  EXPECT_EQ(leg_.reconnects, 1U);
}

TEST_F(Leg, AServerThatIsStartedAgainAtOnceIsFoundAtOnce) {
  start();
  pass(5000);
  hang_up_server();
  em_leg_receive(&leg_, now_);
  pass(120);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  listen_here();
  pass(60);
  EXPECT_EQ(leg_.state, EM_LEG_OPEN) << "not only after 200 ms";
  accept_leg();
}

TEST_F(Leg, LooksForAServerUntilTheLastAttempt) {
  start();
  pass(5000);
  hang_up_server();
  em_leg_receive(&leg_, now_);
  pass(1300);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  listen_here();
  pass(60);
  EXPECT_EQ(leg_.state, EM_LEG_OPEN);
  accept_leg();
}

TEST_F(Leg, WhatWaitedWhenTheServerWasLostIsStillPlayed) {
  start();
  server_writes(frame() + frame() + frame() + std::string("\x21\x00\x04\x00\x00\x00\x07", 7));
  hang_up_server();
  em_leg_receive(&leg_, now_);
  pass(100);
  EXPECT_EQ(leg_.playout.played, 3U);
  EXPECT_EQ(leg_.playout.mark_count, 0U);
}

TEST_F(Leg, AServerThatNeverStaysUsesUpTheAttempts) {
  start();
  int connections = 1;
  for (int i = 0; i < 200 && leg_.state != EM_LEG_ENDED; ++i) {
    if (leg_.state == EM_LEG_OPEN) {
      if (leg_.reconnects > 0) accept_leg();
      close(server_);
      server_ = -1;
      em_leg_receive(&leg_, now_);
      ++connections;
    }
    pass(20);
  }
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(connections, 5);
}

TEST_F(Leg, AStableConnectionEarnsFreshAttempts) {
  start();
  for (int i = 0; i < 6; ++i) {
    pass(5000);
    close(server_);
    server_ = -1;
    em_leg_receive(&leg_, now_);
    pass(200);
    ASSERT_EQ(leg_.state, EM_LEG_OPEN) << i;
    accept_leg();
  }
}

TEST_F(Leg, GoesOnWhenToldToAndTriesEveryFiveSeconds) {
  options_.continue_after_loss = 1;
  remake();
  start();
  hang_up_server();
  em_leg_receive(&leg_, now_);
  pass(1400);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  listen_here();
  pass(4900);
  EXPECT_EQ(leg_.state, EM_LEG_LOST);
  pass(100);
  EXPECT_EQ(leg_.state, EM_LEG_OPEN);
}

TEST_F(Leg, AProtocolErrorIsNotTriedAgain) {
  start();
  server_writes(std::string("\x12\x00\x01z", 4));
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.cause, EM_CAUSE_PROTOCOL);
  EXPECT_EQ(leg_.fd, -1);
  EXPECT_NE(notes_.back().find("audio that is not 640 bytes"), std::string::npos);
  options_.continue_after_loss = 1;
  hang_up_server();
  remake();
  start();
  server_writes(std::string("\x12\x00\x01z", 4));
  EXPECT_EQ(leg_.state, EM_LEG_SILENT);
  pass(10000);
  EXPECT_EQ(leg_.state, EM_LEG_SILENT);
}

TEST_F(Leg, TakesTheServersHangupWithItsCause) {
  start();
  server_writes(std::string("\0\0\1\x15", 4));
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.cause, 21);
}

TEST_F(Leg, AnswersMarksAndCountsWhatItSkips) {
  start();
  server_reads();
  server_writes(std::string("\x70\x00\x01z", 4) + frame() + std::string("\x21\x00\x04\x00\x00\x00\x07", 7));
  EXPECT_EQ(leg_.unknown, 1U);
  EXPECT_EQ(server_reads(), "");
  pass(80);
  EXPECT_EQ(server_reads(), std::string("\x21\x00\x04\x00\x00\x00\x07", 7));
  server_writes(frame() + std::string("\x21\x00\x04\x00\x00\x00\x08\x20\x00\x00", 10));
  EXPECT_EQ(server_reads(), std::string("\x22\x00\x04\x00\x00\x00\x08", 7));
}

TEST_F(Leg, AServerThatOnlyWritesMarksEndsItsLeg) {
  start();
  // It never reads: the socket fills with answers, then their queue, then it is enough.
  const std::string mark("\x21\x00\x04\x00\x00\x00\x07", 7);
  for (int i = 0; i < 1'000'000 && leg_.state == EM_LEG_OPEN; ++i) server_writes(mark);
  EXPECT_EQ(leg_.state, EM_LEG_ENDED);
  EXPECT_EQ(leg_.cause, EM_CAUSE_PROTOCOL);
}

TEST_F(Leg, PassesTheServersKeysOn) {
  start();
  server_writes(std::string("\x03\x00\x01#\x03\x00\x01\x31", 8));
  EXPECT_EQ(digits_, "#1");
}

}  // namespace
