// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audiosocket_server.h"

#include <cmath>
#include <cstring>
#include <numbers>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/gain.h"
#include "peer.h"

namespace parley::media {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using namespace testing;

Bytes uuid(char leg = 0x0a, std::string_view language = "en") {
  Bytes payload(16);
  payload[0] = std::byte{0x67};
  payload[12] = static_cast<std::byte>(leg);
  payload[13] = static_cast<std::byte>(language[0]);
  payload[14] = static_cast<std::byte>(language[1]);
  return message(0x01, payload);
}

Bytes samples_message(std::uint8_t type, std::span<const std::int16_t> samples) {
  const auto bytes = std::as_bytes(samples);
  return message(type, Bytes(bytes.begin(), bytes.end()));
}

class AudioSocketCalls : public ::testing::Test {
 protected:
  AudioSocketCalls() {
    config_.port = 0;
    config_.limits.hello_timeout = 200ms;
    config_.limits.max_legs = 60;
  }

  void SetUp() override {
    server_ = std::make_unique<AudioSocketServer>(io_, config_, legs_);
    const Result<void> started = server_->start();
    ASSERT_TRUE(started) << started.error().message;
    ASSERT_NE(server_->port(), 0);
  }

  Peer connect() { return Peer::connect_tcp(server_->port()); }

  Peer call() {
    Peer peer = connect();
    const std::size_t before = legs_.arrived.size();
    peer.say(uuid());
    EXPECT_TRUE(run_until(io_, [&] { return legs_.arrived.size() > before; }));
    return peer;
  }

  Leg& leg() { return *legs_.arrived.back(); }

  std::optional<Peer::Heard> next_heard(Peer& peer) {
    std::optional<Peer::Heard> heard;
    run_until(
        io_, [&] { return (heard = peer.hear()).has_value(); }, 2s);
    return heard;
  }

  std::optional<LegEvent> next_event() {
    std::optional<LegEvent> event;
    run_until(
        io_, [&] { return (event = leg().poll_event()).has_value(); }, 2s);
    return event;
  }

  boost::asio::io_context io_;
  AudioSocketConfig config_;
  Legs legs_;
  std::unique_ptr<AudioSocketServer> server_;
};

TEST_F(AudioSocketCalls, ALegArrivesAndSixteenKilohertzGoBothWaysUnchanged) {
  Peer peer = call();
  EXPECT_EQ(leg().info().session, "670000000000000000000000");
  EXPECT_EQ(leg().info().leg, "a");
  peer.say(audio_message(numbered_frame(1)));
  std::optional<audio::Frame> frame;
  ASSERT_TRUE(run_until(io_, [&] { return (frame = leg().receive()).has_value(); }));
  EXPECT_EQ(*frame, numbered_frame(1));
  leg().send(numbered_frame(2));
  const auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(message(heard->type, heard->payload), audio_message(numbered_frame(2)));
}

TEST_F(AudioSocketCalls, EightKilohertzIsHeardAtSixteenAndAnsweredAtEight) {
  Peer peer = call();
  std::vector<std::int16_t> heard_by_us;
  std::vector<std::int16_t> heard_by_peer;
  for (int n = 0; n < 50; ++n) {
    std::array<std::int16_t, 160> tone;
    for (int i = 0; i < 160; ++i)
      tone[static_cast<std::size_t>(i)] =
          static_cast<std::int16_t>(std::lrint(16000 * std::sin(2 * std::numbers::pi * 1000 * (n * 160 + i) / 8000)));
    peer.say(samples_message(0x10, tone));
    std::optional<audio::Frame> frame;
    ASSERT_TRUE(run_until(io_, [&] { return (frame = leg().receive()).has_value(); }))
        << "one frame in, one frame out, every tick";
    heard_by_us.insert(heard_by_us.end(), frame->begin(), frame->end());
    leg().send(*frame);
    const auto heard = next_heard(peer);
    ASSERT_TRUE(heard);
    ASSERT_EQ(heard->type, 0x10);
    ASSERT_EQ(heard->payload.size(), 320U);
    std::array<std::int16_t, 160> samples;
    std::memcpy(samples.data(), heard->payload.data(), 320);
    heard_by_peer.insert(heard_by_peer.end(), samples.begin(), samples.end());
  }
  const float sent = audio::amplitude_to_db(16000.0F / 32768 / std::numbers::sqrt2_v<float>);
  EXPECT_NEAR(audio::level(std::span(heard_by_us).subspan(1600)).rms_dbfs, sent, 0.1F);
  EXPECT_NEAR(audio::level(std::span(heard_by_peer).subspan(800)).rms_dbfs, sent, 0.1F);
}

TEST_F(AudioSocketCalls, FramesOfThirtyMillisecondsBecomeFramesOfTwenty) {
  Peer peer = call();
  std::array<std::int16_t, 240> thirty{};
  for (int n = 0; n < 2; ++n) peer.say(samples_message(0x10, thirty));
  ASSERT_TRUE(run_until(io_, [&] { return leg().stats().frames_in == 3; }));
  EXPECT_EQ(leg().stats().frames_in_dropped, 0U);
}

TEST_F(AudioSocketCalls, BeforeItHasHeardAnythingItSpeaksWhatEveryAsteriskTakes) {
  Peer peer = call();
  leg().send(audio::kSilence);
  EXPECT_EQ(next_heard(peer)->type, 0x10);
}

TEST_F(AudioSocketCalls, KeysComeThroughAndMarksAreAnsweredWhenSent) {
  Peer peer = call();
  peer.say(message(0x03, "*"));
  auto event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->digit, '*');
  leg().send(audio::kSilence);
  leg().mark(3);
  event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkPlayed);
  EXPECT_EQ(event->mark_id, 3U);
}

TEST_F(AudioSocketCalls, AMarkBehindAudioThatWaitsIsAnsweredWhenThatIsSentOrFlushed) {
  Peer peer = call();
  for (int i = 0; i < 20000 && leg().stats().frames_out_dropped == 0; ++i) leg().send(audio::kSilence);
  ASSERT_GT(leg().stats().frames_out_dropped, 0U);
  leg().mark(1);
  EXPECT_EQ(leg().poll_event(), std::nullopt);
  leg().flush();
  auto event = leg().poll_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkFlushed);

  for (int i = 0; i < 20; ++i) leg().send(audio::kSilence);
  leg().mark(2);
  EXPECT_EQ(leg().poll_event(), std::nullopt);
  event.reset();
  run_until(io_, [&] {
    while (peer.hear()) {
    }
    return (event = leg().poll_event()).has_value();
  });
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkPlayed);
  EXPECT_EQ(event->mark_id, 2U);
}

TEST_F(AudioSocketCalls, EndsWhenAsteriskSaysSoFailsOrDies) {
  for (const Bytes& last : {message(0x00), message(0xff, "\x01"), Bytes{}}) {
    Peer peer = call();
    peer.say(last);
    if (last.empty()) peer.die();
    EXPECT_EQ(next_event()->kind, LegEvent::Kind::kClosed);
  }
  EXPECT_EQ(server_->stats().legs_open, 0U);
}

TEST_F(AudioSocketCalls, HangingUpTellsAsterisk) {
  Peer peer = call();
  leg().hang_up();
  const auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->type, 0x00);
  EXPECT_TRUE(heard->payload.empty());
  EXPECT_TRUE(run_until(io_, [&] { return peer.is_closed(); }));
}

TEST_F(AudioSocketCalls, ProtocolErrorsCloseTheConnectionAndNoOther) {
  Peer good = call();
  Leg& good_leg = leg();
  for (const Bytes& nonsense : {message(0x10, Bytes(320)), message(0x01, Bytes(15)), message(0x01, Bytes(16)),
                                uuid('x'), uuid() + message(0x16, Bytes(1920)), uuid() + message(0x10, Bytes(319)),
                                bytes_of("GET / HTTP/1.1\r\nHost: x\r\n\r\n")}) {
    Peer peer = connect();
    peer.say(nonsense);
    EXPECT_TRUE(run_until(io_, [&] {
      while (peer.hear()) {
      }
      return peer.is_closed();
    }));
  }
  EXPECT_EQ(server_->stats().protocol_errors, 7U);
  good.say(audio_message(numbered_frame(1)));
  ASSERT_TRUE(run_until(io_, [&] { return good_leg.stats().frames_in == 1; }));
}

TEST_F(AudioSocketCalls, APeerThatSaysNothingIsClosed) {
  Peer peer = connect();
  EXPECT_TRUE(run_until(
      io_, [&] { return peer.is_closed(); }, 2s));
  EXPECT_EQ(server_->stats().hello_timeouts, 1U);
}

TEST_F(AudioSocketCalls, APortInUseIsAClearError) {
  AudioSocketConfig taken = config_;
  taken.port = server_->port();
  AudioSocketServer second(io_, taken, legs_);
  const Result<void> started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(started.error().message, HasSubstr("is in use"));
  EXPECT_THAT(started.error().message, HasSubstr(std::to_string(taken.port)));
  call();
}

TEST_F(AudioSocketCalls, AnAddressThatIsNoneIsAClearError) {
  for (const char* address : {"nowhere", "", "300.0.0.1"}) {
    AudioSocketConfig wrong = config_;
    wrong.address = address;
    EXPECT_EQ(AudioSocketServer(io_, wrong, legs_).start().error().code, ErrorCode::kInvalid) << address;
  }
  AudioSocketConfig foreign = config_;
  foreign.address = "192.0.2.1";
  EXPECT_EQ(AudioSocketServer(io_, foreign, legs_).start().error().code, ErrorCode::kUnavailable);
}

TEST_F(AudioSocketCalls, ThePortIsFreeAgainAfterStopping) {
  Peer peer = call();
  server_->stop();
  AudioSocketConfig same = config_;
  same.port = server_->port();
  AudioSocketServer second(io_, same, legs_);
  const Result<void> started = second.start();
  EXPECT_TRUE(started) << started.error().message;
}

}  // namespace
}  // namespace parley::media
