// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "media/connection.h"
#include "media/leg.h"
#include "media/media_stats.h"

namespace parley::media {

/// What both media servers hold callers to.
struct ServerLimits {
  std::size_t max_legs = 200;        ///< Connections beyond are hung up on. 1 or more.
  milliseconds hello_timeout{2000};  ///< To say who one is, after connecting.
};

/// Accepts connections, waits for them to say who they are and hands them on as legs. Media thread only.
class AcceptLoop final : public std::enable_shared_from_this<AcceptLoop>, private Connection::Listener {
 public:
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol>;
  using MakeConnection = std::shared_ptr<Connection> (*)(Connection::Socket socket, ConnectionStats stats);

  /// `acceptor` listens already. `legs` must live until stop().
  AcceptLoop(Acceptor acceptor, const ServerLimits& limits, LegAcceptor& legs, MakeConnection make_connection,
             std::string_view name, std::shared_ptr<telemetry::LoopStats> loop_stats);

  void start();

  /// Accepts no more and closes connections that are no legs yet; legs go on.
  void stop();

  bool is_accepting() const { return acceptor_.is_open(); }

  const MediaStats& stats() const { return *stats_.media; }

 private:
  void accept();
  void on_accept(const boost::system::error_code& error, Connection::Socket socket);
  void welcome(Connection::Socket socket);
  void accept_later();
  void on_hello(const std::shared_ptr<Connection>& connection) override;
  void on_gone(const std::shared_ptr<Connection>& connection) override;
  void forget(const std::shared_ptr<Connection>& connection);

  Acceptor acceptor_;
  boost::asio::steady_timer pause_;
  const ServerLimits limits_;
  LegAcceptor& legs_;
  const MakeConnection make_connection_;
  const std::string_view name_;
  const ConnectionStats stats_;
  std::vector<std::shared_ptr<Connection>> strangers_;
  bool is_refusing_ = false;  ///< So that a crowd is logged once.
  bool is_starved_ = false;   ///< Likewise for failing accepts.
};

}  // namespace parley::media
