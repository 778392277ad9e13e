// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "media/accept_loop.h"

namespace parley::media {

struct AudioSocketConfig {
  std::string address =
      "127.0.0.1";  ///< Numeric IPv4 or IPv6. AudioSocket has no authentication: keep it where only Asterisk comes.
  std::uint16_t port = 9092;  ///< 0: any free one; port() says which.
  ServerLimits limits;
};

/// Takes calls from a stock Asterisk over its AudioSocket: Dial(AudioSocket/host:port/UUID/c(slin16)) at 16 kHz, or the
/// AudioSocket() application at 8 kHz; both become legs of 16 kHz frames. What the UUID says is in docs/protocol.md.
/// Asterisk does not pace what it is sent: Leg::send() once a tick is the pace. Media thread only.
class AudioSocketServer {
 public:
  /// `io` and `legs` must outlive the server, and `io` its legs. Frames, and what is dropped of them, are counted in
  /// `loop_stats`.
  AudioSocketServer(boost::asio::io_context& io, AudioSocketConfig config, LegAcceptor& legs,
                    std::shared_ptr<telemetry::LoopStats> loop_stats = std::make_shared<telemetry::LoopStats>());
  AudioSocketServer(const AudioSocketServer&) = delete;
  AudioSocketServer& operator=(const AudioSocketServer&) = delete;
  ~AudioSocketServer();

  /// Begins to take calls. Errors: kInvalid for an address that is none, kUnavailable when the port is in use or may
  /// not be used.
  Result<void> start();

  /// Takes no more calls; those that are legs go on. Idempotent.
  void stop();

  /// Where it listens; 0 before start().
  std::uint16_t port() const { return port_; }

  MediaStats stats() const { return loop_ ? loop_->stats() : MediaStats{}; }

 private:
  boost::asio::io_context& io_;
  const AudioSocketConfig config_;
  LegAcceptor& legs_;
  const std::shared_ptr<telemetry::LoopStats> loop_stats_;
  std::uint16_t port_ = 0;
  std::shared_ptr<AcceptLoop> loop_;
};

}  // namespace parley::media
