// SPDX-License-Identifier: GPL-3.0-or-later
// A whole connection: what the peer says is the input, cut where the input says; between the pieces the leg's owner
// does what the input says. Byte 0 chooses the protocol; then pieces of: one byte of length, one byte for the owner,
// that many bytes for the peer to say.
#include <cstdlib>
#include <memory>

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>
#include <boost/asio/io_context.hpp>

#include "media/audiosocket_connection.h"
#include "media/external_media_connection.h"

namespace {

using namespace parley::media;

class Owner final : public Connection::Listener {
 public:
  void on_hello(const std::shared_ptr<Connection>& connection) override { leg = make_leg(connection); }
  void on_gone(const std::shared_ptr<Connection>&) override {}

  void act(std::uint8_t what) {
    if (!leg) return;
    while (const auto frame = leg->receive()) leg->send(*frame);
    if ((what & 0x80) == 0) {
      while (leg->poll_event()) {
      }
    }
    switch (what & 0x0f) {
      case 1: leg->flush(); break;
      case 2: leg->mark(what); break;
      case 3: leg->hang_up(); break;
      case 4: leg.reset(); break;
      default: leg->send(parley::audio::kSilence);
    }
  }

  std::unique_ptr<Leg> leg;
};

std::shared_ptr<Connection> connect(boost::asio::io_context& io, int descriptor, bool audiosocket,
                                    ConnectionStats stats) {
  Connection::Socket socket(io, boost::asio::generic::stream_protocol(AF_UNIX, 0), descriptor);
  if (audiosocket) return std::make_shared<AudioSocketConnection>(std::move(socket), std::move(stats));
  return std::make_shared<ExternalMediaConnection>(std::move(socket), std::move(stats));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  spdlog::set_level(spdlog::level::off);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  boost::asio::io_context io;
  const ConnectionStats stats{std::make_shared<MediaStats>(), std::make_shared<parley::telemetry::LoopStats>()};
  Owner owner;
  connect(io, ends[0], (data[0] & 1) != 0, stats)->start(owner, parley::milliseconds(1000));
  const std::uint8_t* const end = data + size;
  for (const std::uint8_t* at = data + 1; end - at >= 2;) {
    const std::size_t count = std::min<std::size_t>(at[0] * 4U, static_cast<std::size_t>(end - at) - 2);
    if (count > 0) (void)send(ends[1], at + 2, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    io.poll();
    owner.act(at[1]);
    at += 2 + count;
  }
  close(ends[1]);
  io.poll();
  owner.leg.reset();
  if (stats.media->legs_open != 0 || stats.loop->legs != 0) std::abort();
  return 0;
}
