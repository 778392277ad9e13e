// SPDX-License-Identifier: GPL-3.0-or-later
// Its own program, because it counts every allocation of the process.
#include "support/counted_allocations.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "media/audiosocket_server.h"
#include "media/external_media_server.h"
#include "media/ticker.h"
#include "peer.h"

namespace parley::media {
namespace {

using namespace testing;
using namespace std::chrono_literals;

/// Takes what arrived and sends it back, once a tick, as the call loop will.
class Echo final : public Ticker::Listener, public LegAcceptor {
 public:
  void on_leg(std::unique_ptr<Leg> leg) override { legs.push_back(std::move(leg)); }
  void on_tick(std::uint64_t) override {
    ++ticks;
    for (const auto& leg : legs) {
      while (const auto frame = leg->receive()) leg->send(*frame);
    }
  }
  std::vector<std::unique_ptr<Leg>> legs;
  std::size_t ticks = 0;
};

class Allocations : public ::testing::Test {
 protected:
  /// A message every tick from every peer, and what comes back swallowed, without allocating itself.
  void exchange(std::vector<Peer>& peers, const Bytes& audio, std::size_t ticks) {
    std::byte swallowed[2048];
    for (const std::size_t end = echo_.ticks + ticks; echo_.ticks < end;) {
      const std::size_t before = echo_.ticks;
      for (Peer& peer : peers) {
        ASSERT_EQ(peer.say(audio.data(), audio.size()), static_cast<std::ptrdiff_t>(audio.size()));
      }
      while (echo_.ticks == before) io_.run_one();
      for (Peer& peer : peers) {
        while (recv(peer.descriptor(), swallowed, sizeof swallowed, MSG_DONTWAIT) > 0) {
        }
      }
    }
  }

  std::size_t counted(std::vector<Peer>& peers, const Bytes& audio) {
    run_until(io_, [&] { return echo_.legs.size() == peers.size(); });
    ticker_.start();
    exchange(peers, audio, 10);
    const std::size_t before = allocations;
    exchange(peers, audio, 50);
    return allocations - before;
  }

  boost::asio::io_context io_;
  Echo echo_;
  Ticker ticker_{io_, echo_};
};

TEST_F(Allocations, AreCounted) {
  const std::size_t before = allocations;
  void* volatile memory = ::operator new(1);
  ::operator delete(memory);
  EXPECT_EQ(allocations - before, 1U);
}

TEST_F(Allocations, AreNoneForEachFrameOfExternalMedia) {
  const TemporaryDirectory directory;
  ExternalMediaServer server(io_, {.socket = directory / "socket"}, echo_);
  ASSERT_TRUE(server.start());
  std::vector<Peer> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(Peer::connect_unix(directory / "socket"));
  for (Peer& peer : peers) peer.say(hello());
  EXPECT_EQ(counted(peers, audio_message(numbered_frame(1))), 0U);
  for (const auto& leg : echo_.legs) EXPECT_GT(leg->stats().frames_out, 50U);
}

TEST_F(Allocations, AreNoneForEachFrameOfAudioSocket) {
  AudioSocketServer server(io_, {.port = 0}, echo_);
  ASSERT_TRUE(server.start());
  std::vector<Peer> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(Peer::connect_tcp(server.port()));
  const Bytes uuid =
      bytes_of(std::string_view("\x67\x43\x0f\x4b\0\0\0\0\0\0\0\x04\x0a"
                                "en\0",
                                16));
  for (Peer& peer : peers) peer.say(message(0x01, uuid));
  EXPECT_EQ(counted(peers, message(0x10, Bytes(320))), 0U);
  for (const auto& leg : echo_.legs) EXPECT_GT(leg->stats().frames_out, 50U);
}

}  // namespace
}  // namespace parley::media
