// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <sys/types.h>
#include <boost/asio/io_context.hpp>

#include "base/result.h"
#include "media/accept_loop.h"

namespace parley::media {

struct ExternalMediaConfig {
  std::filesystem::path socket = "/var/run/asterisk/external_media.sock";
  mode_t mode = 0660;                ///< Permissions of the socket: who may connect.
  std::optional<std::string> owner;  ///< User the socket is given to, by name; else who runs the server.
  std::optional<std::string>
      group;  ///< Group the socket is given to, by name, so that Asterisk may connect; else the server's.
  ServerLimits limits;
};

/// Takes calls from Asterisk's chan_externalmedia over a Unix socket (docs/protocol.md). Media thread only.
class ExternalMediaServer {
 public:
  /// `io` and `legs` must outlive the server, and `io` its legs. Frames, and what is dropped of them, are counted in
  /// `loop_stats`.
  ExternalMediaServer(boost::asio::io_context& io, ExternalMediaConfig config, LegAcceptor& legs,
                      std::shared_ptr<telemetry::LoopStats> loop_stats = std::make_shared<telemetry::LoopStats>());
  ExternalMediaServer(const ExternalMediaServer&) = delete;
  ExternalMediaServer& operator=(const ExternalMediaServer&) = delete;
  ~ExternalMediaServer();

  /// Begins to take calls. A socket file that a dead server left is replaced.
  /// Errors: kInvalid for a path that is too long or something else than a socket, an owner or group that does not
  /// exist; kNotFound when the directory is missing; kUnavailable when another server answers there, or the socket may
  /// not be made.
  Result<void> start();

  /// Takes no more calls and removes the socket file; calls that are legs go on. Idempotent.
  void stop();

  MediaStats stats() const { return loop_ ? loop_->stats() : MediaStats{}; }

 private:
  boost::asio::io_context& io_;
  const ExternalMediaConfig config_;
  LegAcceptor& legs_;
  const std::shared_ptr<telemetry::LoopStats> loop_stats_;
  std::shared_ptr<AcceptLoop> loop_;
};

}  // namespace parley::media
