// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/external_media_server.h"

#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <boost/asio/executor_work_guard.hpp>

#include "peer.h"

namespace parley::media {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;
using namespace testing;

class ExternalMediaCalls : public ::testing::Test {
 protected:
  ExternalMediaCalls() {
    config_.socket = directory_ / "external_media.sock";
    config_.limits.hello_timeout = 200ms;
    config_.limits.max_legs = 60;
  }

  void SetUp() override {
    server_ = std::make_unique<ExternalMediaServer>(io_, config_, legs_, loop_);
    const Result<void> started = server_->start();
    ASSERT_TRUE(started) << started.error().message;
  }

  Peer connect() { return Peer::connect_unix(config_.socket); }

  /// A peer whose leg has arrived, as legs_.arrived.back().
  Peer call(std::string_view session = "1700000000.1") {
    Peer peer = connect();
    const std::size_t before = legs_.arrived.size();
    peer.say(hello(session));
    EXPECT_TRUE(run_until(io_, [&] { return legs_.arrived.size() > before; }));
    return peer;
  }

  Leg& leg() { return *legs_.arrived.back(); }

  std::optional<LegEvent> next_event() {
    std::optional<LegEvent> event;
    run_until(
        io_, [&] { return (event = leg().poll_event()).has_value(); }, 2s);
    return event;
  }

  std::optional<Peer::Heard> next_heard(Peer& peer) {
    std::optional<Peer::Heard> heard;
    run_until(
        io_, [&] { return (heard = peer.hear()).has_value(); }, 2s);
    return heard;
  }

  void expect_closed(Peer& peer) {
    EXPECT_TRUE(run_until(
        io_, [&] { return peer.is_closed(); }, 3s));
  }

  /// Likewise, whatever it still hears before.
  void expect_closed_after_words(Peer& peer) {
    EXPECT_TRUE(run_until(
        io_,
        [&] {
          while (peer.hear()) {
          }
          return peer.is_closed();
        },
        3s));
  }

  TemporaryDirectory directory_;
  boost::asio::io_context io_;
  ExternalMediaConfig config_;
  Legs legs_;
  const std::shared_ptr<telemetry::LoopStats> loop_ = std::make_shared<telemetry::LoopStats>();
  std::unique_ptr<ExternalMediaServer> server_;
};

TEST_F(ExternalMediaCalls, ALegArrivesSaysWhoItIsAndCarriesAudioBothWays) {
  Peer peer = call();
  EXPECT_EQ(leg().info().session, "1700000000.1");
  EXPECT_EQ(leg().info().leg, "a");
  EXPECT_TRUE(leg().is_open());
  peer.say(audio_message(numbered_frame(1)));
  std::optional<audio::Frame> frame;
  ASSERT_TRUE(run_until(io_, [&] { return (frame = leg().receive()).has_value(); }));
  EXPECT_EQ(*frame, numbered_frame(1));
  EXPECT_EQ(leg().receive(), std::nullopt);

  leg().send(numbered_frame(2));
  const auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(message(heard->type, heard->payload), audio_message(numbered_frame(2)));
  EXPECT_EQ(leg().stats().frames_in, 1U);
  EXPECT_EQ(leg().stats().frames_out, 1U);
  EXPECT_EQ(server_->stats().legs_open, 1U);
}

TEST_F(ExternalMediaCalls, AtMostThreeFramesWaitAndTheOldestAreDropped) {
  Peer peer = call();
  for (int i = 0; i < 8; ++i) peer.say(audio_message(numbered_frame(i)));
  ASSERT_TRUE(run_until(io_, [&] { return leg().stats().frames_in == 8; }));
  EXPECT_EQ(leg().stats().frames_in_dropped, 5U);
  for (int i = 5; i < 8; ++i) EXPECT_EQ(leg().receive(), numbered_frame(i));
  EXPECT_EQ(leg().receive(), std::nullopt);
}

TEST_F(ExternalMediaCalls, AllLegsAreCountedInTheLoopWithWhatTheyDrop) {
  Peer first = call("first");
  Peer second = call("second");
  EXPECT_EQ(loop_->legs, 2U);
  for (int i = 0; i < 5; ++i) second.say(audio_message(numbered_frame(i)));
  ASSERT_TRUE(run_until(io_, [&] { return loop_->frames_in == 5; }));
  for (int i = 0; i < 500; ++i) legs_.arrived.front()->send(numbered_frame(i));
  EXPECT_EQ(loop_->frames_out, 500U);
  EXPECT_EQ(loop_->dropped[static_cast<std::size_t>(telemetry::Queue::kInput)], 2U);
  EXPECT_EQ(loop_->dropped[static_cast<std::size_t>(telemetry::Queue::kSend)],
            legs_.arrived.front()->stats().frames_out_dropped);
  for (std::uint64_t i = 0; i < telemetry::LoopStats::kDepthTicks; ++i) loop_->note_tick(0.0);
  EXPECT_EQ(loop_->depth[static_cast<std::size_t>(telemetry::Queue::kInput)], 3U);
  EXPECT_EQ(loop_->depth[static_cast<std::size_t>(telemetry::Queue::kSend)], 36U);

  telemetry::LegDrops drops;
  ASSERT_TRUE(loop_->pop_drops(drops));
  EXPECT_EQ(drops.queue, telemetry::Queue::kInput);
  EXPECT_STREQ(drops.session.data(), "second");
  ASSERT_TRUE(loop_->pop_drops(drops));
  EXPECT_EQ(drops.queue, telemetry::Queue::kSend);
  EXPECT_STREQ(drops.session.data(), "first");
  EXPECT_FALSE(loop_->pop_drops(drops)) << "one report a second, however many frames";
  legs_.arrived.clear();
  EXPECT_EQ(loop_->legs, 0U);
}

TEST_F(ExternalMediaCalls, AFlushIsNoDrop) {
  Peer peer = call();
  for (int i = 0; i < 30; ++i) leg().send(numbered_frame(i));
  const auto& dropped = loop_->dropped[static_cast<std::size_t>(telemetry::Queue::kSend)];
  const std::uint64_t before = dropped;
  leg().flush();
  EXPECT_EQ(dropped, before);
}

TEST_F(ExternalMediaCalls, AStreamInSingleBytesIsTheSameCall) {
  Peer peer = connect();
  for (const std::byte& byte : hello() + audio_message(numbered_frame(9)) + message(0x03, "5")) {
    ASSERT_EQ(peer.say(&byte, 1), 1);
    io_.restart();
    io_.poll();
  }
  ASSERT_TRUE(run_until(io_, [&] { return !legs_.arrived.empty() && leg().stats().frames_in == 1; }));
  EXPECT_EQ(leg().receive(), numbered_frame(9));
  EXPECT_EQ(next_event()->digit, '5');
}

TEST_F(ExternalMediaCalls, KeysMarksAndFlushesComeThrough) {
  Peer peer = call();
  leg().mark(7);
  leg().flush();
  auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->type, 0x21);
  EXPECT_EQ(heard->payload, (Bytes{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{7}}));
  EXPECT_EQ(next_heard(peer)->type, 0x20);

  peer.say(message(0x03, "#") + message(0x22, heard->payload) + message(0x21, heard->payload));
  auto event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kDtmf);
  EXPECT_EQ(event->digit, '#');
  event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkFlushed);
  EXPECT_EQ(event->mark_id, 7U);
  event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkPlayed);
}

TEST_F(ExternalMediaCalls, MoreMarksThanAsteriskTakesAreAnsweredHere) {
  Peer peer = call();
  for (std::uint32_t id = 0; id < 65; ++id) leg().mark(id);
  const auto event = next_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkFlushed);
  EXPECT_EQ(event->mark_id, 64U);
}

TEST_F(ExternalMediaCalls, WhenThePhoneHangsUpTheLegEndsAfterItsLastEvents) {
  Peer peer = call();
  peer.say(audio_message(numbered_frame(1)) + message(0x03, "1") + message(0x00, "\x10"));
  EXPECT_EQ(next_event()->kind, LegEvent::Kind::kDtmf);
  EXPECT_EQ(next_event()->kind, LegEvent::Kind::kClosed);
  EXPECT_EQ(leg().poll_event(), std::nullopt) << "closed is told once";
  EXPECT_FALSE(leg().is_open());
  EXPECT_EQ(leg().receive(), numbered_frame(1)) << "the last words are still there";
  expect_closed(peer);
  leg().send(numbered_frame(1));
  leg().mark(1);
  leg().flush();
  leg().hang_up();
  EXPECT_EQ(server_->stats().legs_open, 0U);
}

TEST_F(ExternalMediaCalls, HangingUpTellsThePeerAndIsIdempotent) {
  Peer peer = call();
  leg().send(numbered_frame(1));
  leg().hang_up();
  leg().hang_up();
  EXPECT_FALSE(leg().is_open());
  EXPECT_EQ(leg().poll_event()->kind, LegEvent::Kind::kClosed);
  EXPECT_EQ(leg().poll_event(), std::nullopt);
  EXPECT_EQ(next_heard(peer)->type, 0x12);
  const auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(message(heard->type, heard->payload), message(0x00, "\x10")) << "normal call clearing";
  expect_closed(peer);
  EXPECT_EQ(server_->stats().legs_open, 0U);
}

TEST_F(ExternalMediaCalls, DestroyingALegHangsItUp) {
  Peer peer = call();
  legs_.arrived.clear();
  EXPECT_EQ(next_heard(peer)->type, 0x00);
  expect_closed(peer);
}

TEST_F(ExternalMediaCalls, APeerThatIsHungUpOnAndStaysIsClosedAfterAMoment) {
  Peer peer = call();
  leg().hang_up();
  for (int i = 0; i < 30; ++i) {
    peer.say(audio_message(numbered_frame(i)));  // It does not care.
    run_for(io_, 50ms);
  }
  EXPECT_EQ(peer.say(audio_message(numbered_frame(0))), -1);
}

TEST_F(ExternalMediaCalls, APeerThatSaysNothingIsClosed) {
  Peer peer = connect();
  expect_closed(peer);
  EXPECT_EQ(server_->stats().hello_timeouts, 1U);
  EXPECT_TRUE(legs_.arrived.empty());
}

TEST_F(ExternalMediaCalls, APeerThatSaysHalfAHelloIsClosed) {
  Peer peer = connect();
  const Bytes whole = hello();
  peer.say(Bytes(whole.begin(), whole.begin() + 50));
  expect_closed(peer);
  EXPECT_EQ(server_->stats().hello_timeouts, 1U);
}

TEST_F(ExternalMediaCalls, ALegIsNotHeldToTheHelloTimeout) {
  Peer peer = call();
  run_for(io_, 300ms);
  EXPECT_TRUE(leg().is_open());
}

TEST_F(ExternalMediaCalls, APeerThatDiesInTheMiddleOfAMessageEndsOnlyItsLeg) {
  Peer good = call("good");
  Leg& good_leg = leg();
  Peer bad = call("bad");
  const Bytes whole = audio_message(numbered_frame(1));
  bad.say(Bytes(whole.begin(), whole.begin() + 100));
  bad.die();
  EXPECT_EQ(next_event()->kind, LegEvent::Kind::kClosed);
  EXPECT_EQ(leg().stats().frames_in, 0U);
  good.say(audio_message(numbered_frame(4)));
  ASSERT_TRUE(run_until(io_, [&] { return good_leg.stats().frames_in == 1; }));
  EXPECT_TRUE(good_leg.is_open());
}

TEST_F(ExternalMediaCalls, ProtocolErrorsCloseTheConnectionAndNoOther) {
  Peer good = call("good");
  Leg& good_leg = leg();
  std::uint64_t errors = 0;
  for (const Bytes& nonsense :
       {message(0x12, Bytes(640)), message(0x00), hello_json("{"),
        hello_json(R"({"protocol":2,"channel":"c","session":"s"})"), hello_json(""), message(0x01, Bytes(4097)),
        Bytes(100, std::byte{0xff}), hello() + hello(), hello() + message(0x12, Bytes(641)),
        hello() + message(0x12, Bytes(65535)), hello() + message(0x20)}) {
    Peer peer = connect();
    peer.say(nonsense);
    expect_closed_after_words(peer);
    EXPECT_EQ(server_->stats().protocol_errors, ++errors);
  }
  good.say(audio_message(numbered_frame(4)));
  ASSERT_TRUE(run_until(io_, [&] { return good_leg.stats().frames_in == 1; }));
  EXPECT_EQ(server_->stats().legs_open, 1U);
}

TEST_F(ExternalMediaCalls, AHelloItCannotTakeIsAnsweredWithHangupSoThatItIsNotSaidAgain) {
  Peer peer = connect();
  peer.say(hello_json(R"({"protocol":2,"channel":"c","session":"s"})"));
  const auto heard = next_heard(peer);
  ASSERT_TRUE(heard);
  EXPECT_EQ(message(heard->type, heard->payload), message(0x00, "\x6f")) << "protocol error";
}

TEST_F(ExternalMediaCalls, UnknownMessagesAreSkippedAndCounted) {
  Peer peer = call();
  peer.say(message(0x77, Bytes(4096)) + message(0x7f) + audio_message(numbered_frame(1)));
  ASSERT_TRUE(run_until(io_, [&] { return leg().stats().frames_in == 1; }));
  EXPECT_EQ(server_->stats().unknown_messages, 2U);
}

TEST_F(ExternalMediaCalls, ASlowReaderLosesOldAudioWholeAndHearsControlAndRecentAudio) {
  Peer peer = call();
  for (int i = 0; i < 500; ++i) leg().send(numbered_frame(i));
  leg().mark(1);
  const LegStats stats = leg().stats();
  EXPECT_GT(stats.frames_out_dropped, 400U);
  EXPECT_EQ(stats.frames_out + stats.frames_out_dropped, 500U);
  std::vector<Peer::Heard> heard;
  run_until(io_, [&] {
    while (auto one = peer.hear()) heard.push_back(*one);
    return !heard.empty() && heard.back().type == 0x21;
  });
  ASSERT_EQ(heard.size(), stats.frames_out + 1);
  EXPECT_LT(heard.size(), 51U) << "what a peer that stalls hears late must stay under a second";
  EXPECT_EQ(message(0x12, heard[0].payload), audio_message(numbered_frame(0)));
  EXPECT_EQ(message(0x12, heard[heard.size() - 2].payload), audio_message(numbered_frame(499)));
  leg().send(numbered_frame(1));
  EXPECT_EQ(next_heard(peer)->type, 0x12) << "and it goes on";
}

TEST_F(ExternalMediaCalls, APeerThatNeverReadsIsGivenUp) {
  Peer peer = call();
  for (int i = 0; i < 100; ++i) leg().send(numbered_frame(i));
  for (int i = 0; i < 5000 && leg().is_open(); ++i) leg().flush();
  EXPECT_FALSE(leg().is_open());
  EXPECT_EQ(leg().poll_event()->kind, LegEvent::Kind::kClosed);
  EXPECT_EQ(server_->stats().stuck_peers, 1U);
}

TEST_F(ExternalMediaCalls, SendingToADeadPeerRaisesNoSignal) {
  struct sigaction before {};
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  sigaction(SIGPIPE, &standard, &before);
  Peer peer = call();
  peer.die();
  for (int i = 0; i < 5; ++i) leg().send(numbered_frame(i));
  EXPECT_EQ(next_event()->kind, LegEvent::Kind::kClosed);
  sigaction(SIGPIPE, &before, nullptr);
}

TEST_F(ExternalMediaCalls, MoreLegsThanAllowedAreHungUpPolitely) {
  std::vector<Peer> peers;
  for (std::size_t i = 0; i < config_.limits.max_legs; ++i) peers.push_back(call(std::to_string(i)));
  Peer extra = connect();
  extra.say(hello("extra"));
  const auto heard = next_heard(extra);
  ASSERT_TRUE(heard);
  EXPECT_EQ(message(heard->type, heard->payload), message(0x00, "\x1b")) << "destination out of order";
  expect_closed(extra);
  EXPECT_EQ(server_->stats().refused, 1U);
  EXPECT_EQ(legs_.arrived.size(), config_.limits.max_legs);

  legs_.arrived.pop_back();
  call("fits again");
  EXPECT_EQ(leg().info().session, "fits again");
}

TEST_F(ExternalMediaCalls, FiftyCallsAtOnceLoseNothing) {
  constexpr int kCalls = 50;
  constexpr int kFrames = 50;
  std::vector<Peer> peers;
  for (int i = 0; i < kCalls; ++i) peers.push_back(call(std::to_string(i)));
  std::vector<int> echoed(kCalls);
  for (int n = 0; n < kFrames; ++n) {
    for (Peer& peer : peers) ASSERT_EQ(peer.say(audio_message(numbered_frame(n))), 643);
    for (auto& leg : legs_.arrived) {
      ASSERT_TRUE(run_until(io_, [&] { return leg->stats().frames_in == static_cast<std::uint64_t>(n) + 1; }));
      const auto frame = leg->receive();
      ASSERT_EQ(frame, numbered_frame(n));
      leg->send(*frame);
    }
    for (int i = 0; i < kCalls; ++i) {
      const auto heard = next_heard(peers[static_cast<std::size_t>(i)]);
      ASSERT_TRUE(heard);
      ASSERT_EQ(message(heard->type, heard->payload), audio_message(numbered_frame(n)));
      ++echoed[static_cast<std::size_t>(i)];
    }
  }
  EXPECT_EQ(server_->stats().legs_open, 50U);
  for (int i = 0; i < kCalls; ++i) EXPECT_EQ(echoed[static_cast<std::size_t>(i)], kFrames);
}

TEST_F(ExternalMediaCalls, AServerOnAThreadOfItsOwnServesPeersOnAnother) {
  std::thread media([this] {
    const auto work = boost::asio::make_work_guard(io_);
    io_.restart();
    io_.run();
  });
  std::vector<Peer> peers;
  for (int i = 0; i < 20; ++i) peers.push_back(connect());
  for (Peer& peer : peers) peer.say(hello());
  for (int n = 0; n < 20; ++n) {
    for (Peer& peer : peers) peer.say(audio_message(numbered_frame(n)));
  }
  peers.clear();
  std::this_thread::sleep_for(100ms);
  io_.stop();
  media.join();
  ASSERT_TRUE(run_until(io_, [&] { return server_->stats().legs_open == 0; }));
  EXPECT_EQ(server_->stats().legs, 20U);
}

TEST_F(ExternalMediaCalls, StoppingRemovesTheSocketAndLetsLegsGoOn) {
  Peer peer = call();
  Peer stranger = connect();
  run_for(io_, 10ms);
  server_->stop();
  server_->stop();
  EXPECT_FALSE(std::filesystem::exists(config_.socket));
  EXPECT_THROW(connect(), std::runtime_error);
  expect_closed(stranger);
  peer.say(audio_message(numbered_frame(1)));
  ASSERT_TRUE(run_until(io_, [&] { return leg().stats().frames_in == 1; }));
}

TEST_F(ExternalMediaCalls, ALegMayOutliveItsServer) {
  Peer peer = call();
  server_.reset();
  peer.say(audio_message(numbered_frame(1)));
  ASSERT_TRUE(run_until(io_, [&] { return leg().stats().frames_in == 1; }));
  peer.die();
  EXPECT_EQ(next_event()->kind, LegEvent::Kind::kClosed);
}

TEST_F(ExternalMediaCalls, ASecondServerOnTheSameSocketIsRefusedAndTheFirstGoesOn) {
  ExternalMediaServer second(io_, config_, legs_);
  const Result<void> started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(started.error().message, HasSubstr("another server answers"));
  second.stop();
  call();
}

TEST_F(ExternalMediaCalls, ReplacesTheSocketFileOfADeadServer) {
  server_->stop();
  const int dead = socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, config_.socket.c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(bind(dead, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  close(dead);
  ASSERT_TRUE(std::filesystem::exists(config_.socket));
  SetUp();
  call();
}

TEST_F(ExternalMediaCalls, DoesNotRemoveWhatIsNoSocket) {
  server_->stop();
  std::ofstream(config_.socket) << "precious";
  ExternalMediaServer server(io_, config_, legs_);
  EXPECT_THAT(server.start().error().message, HasSubstr("no socket"));
  EXPECT_TRUE(std::filesystem::is_regular_file(config_.socket));
}

TEST_F(ExternalMediaCalls, SaysWhatIsWrongWithItsConfiguration) {
  const auto error_with = [this](const auto& change) {
    ExternalMediaConfig config = config_;
    config.socket = directory_ / "other.sock";
    change(config);
    ExternalMediaServer server(io_, config, legs_);
    const Result<void> started = server.start();
    return started ? std::string() : started.error().message;
  };
  EXPECT_THAT(error_with([this](auto& config) { config.socket = directory_ / "no/such/dir.sock"; }),
              HasSubstr("is missing"));
  EXPECT_THAT(error_with([this](auto& config) { config.socket = directory_ / std::string(200, 'x'); }),
              HasSubstr("must have 1 to 107 bytes"));
  EXPECT_THAT(error_with([](auto& config) { config.socket = ""; }), HasSubstr("must have 1 to"));
  EXPECT_THAT(error_with([](auto& config) { config.group = "no-such-group"; }), HasSubstr("no group"));
  EXPECT_THAT(error_with([](auto& config) { config.owner = "no-such-user"; }), HasSubstr("no user"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "other.sock"));
}

TEST_F(ExternalMediaCalls, TheSocketHasTheConfiguredPermissions) {
  struct stat status {};
  ASSERT_EQ(stat(config_.socket.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0660U);
}

}  // namespace
}  // namespace parley::media
