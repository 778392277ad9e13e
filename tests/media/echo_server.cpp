// SPDX-License-Identifier: GPL-3.0-or-later
// Both media servers and the ticker with nothing between: every leg hears itself. Tests put it behind a real Asterisk.
//   media_echo_server SOCKET PORT
// Prints {"port": …} when it serves, and on SIGTERM what it saw, as one line of JSON.
#include <charconv>
#include <cstdio>
#include <string_view>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "base/log.h"
#include "media/audiosocket_server.h"
#include "media/external_media_server.h"
#include "media/ticker.h"

namespace {

using namespace parley::media;

class Echo final : public LegAcceptor, public Ticker::Listener {
 public:
  void on_leg(std::unique_ptr<Leg> leg) override {
    ++arrived_;
    legs_.push_back(std::move(leg));
    most_ = std::max(most_, legs_.size());
  }

  void on_tick(std::uint64_t) override {
    for (const auto& leg : legs_) {
      while (const auto frame = leg->receive()) leg->send(*frame);
      while (const auto event = leg->poll_event()) {
        if (event->kind == LegEvent::Kind::kDtmf) digits_ += event->digit;
      }
    }
    std::erase_if(legs_, [this](const std::unique_ptr<Leg>& leg) {
      if (!leg->is_open()) add(leg->stats());
      return !leg->is_open();
    });
  }

  std::string report() const {
    return fmt::format(
        R"("legs": {}, "at_once": {}, "open": {}, "frames_in": {}, "frames_in_dropped": {}, "frames_out": {}, "frames_out_dropped": {}, "digits": "{}")",
        arrived_, most_, legs_.size(), total_.frames_in, total_.frames_in_dropped, total_.frames_out,
        total_.frames_out_dropped, digits_);
  }

 private:
  void add(const LegStats& stats) {
    total_.frames_in += stats.frames_in;
    total_.frames_in_dropped += stats.frames_in_dropped;
    total_.frames_out += stats.frames_out;
    total_.frames_out_dropped += stats.frames_out_dropped;
  }

  std::vector<std::unique_ptr<Leg>> legs_;
  std::size_t arrived_ = 0;
  std::size_t most_ = 0;
  LegStats total_;  ///< Of legs that have ended.
  std::string digits_;
};

std::string report(std::string_view name, const MediaStats& stats) {
  return fmt::format(
      R"("{}": {{"legs": {}, "protocol_errors": {}, "unknown_messages": {}, "refused": {}, "hello_timeouts": {}}})",
      name, stats.legs, stats.protocol_errors, stats.unknown_messages, stats.refused, stats.hello_timeouts);
}

template <typename Server>
bool start(Server& server) {
  const parley::Result<void> started = server.start();
  if (!started) fmt::print(stderr, "{}\n", started.error().message);
  return started.has_value();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: media_echo_server SOCKET PORT\n");
    return 2;
  }
  const std::string_view port_text(argv[2]);
  std::uint16_t port = 0;
  std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);

  if (!parley::set_up_logging("info")) return 1;  // To standard error; the tests read standard output.

  boost::asio::io_context io(1);
  Echo echo;
  ExternalMediaServer external_media(io, {.socket = argv[1]}, echo);
  AudioSocketServer audiosocket(io, {.port = port}, echo);
  Ticker ticker(io, echo);
  if (!start(external_media) || !start(audiosocket)) return 1;
  ticker.start();
  fmt::print("{{\"port\": {}}}\n", audiosocket.port());
  std::fflush(stdout);

  boost::asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  io.run();
  const parley::telemetry::LoopStats& loop = ticker.stats();
  fmt::print("{{{}, {}, {}, \"ticks\": {}, \"skipped\": {}, \"latest_ms\": {:.1f}}}\n", echo.report(),
             report("external_media", external_media.stats()), report("audiosocket", audiosocket.stats()), loop.ticks(),
             loop.ticks_skipped.load(), loop.latest_ms());
  return 0;
}
