// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/accept_loop.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace parley::media {
namespace {

namespace asio = boost::asio;

/// When the system has no descriptor left for a caller, trying again at once would only burn the media thread.
constexpr milliseconds kPauseAfterFailure{100};

/// The kernel's buffer towards a peer: about ten messages. Its usual 200 KB would hold seconds of audio that a peer
/// which stalls hears late.
constexpr int kSendBufferBytes = 8192;

}  // namespace

AcceptLoop::AcceptLoop(Acceptor acceptor, const ServerLimits& limits, LegAcceptor& legs, MakeConnection make_connection,
                       std::string_view name, std::shared_ptr<telemetry::LoopStats> loop_stats)
    : acceptor_(std::move(acceptor)),
      pause_(acceptor_.get_executor()),
      limits_(limits),
      legs_(legs),
      make_connection_(make_connection),
      name_(name),
      stats_{std::make_shared<MediaStats>(), std::move(loop_stats)} {}

void AcceptLoop::start() { accept(); }

void AcceptLoop::stop() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (const std::shared_ptr<Connection>& stranger : std::exchange(strangers_, {})) stranger->abandon();
}

void AcceptLoop::accept() {
  acceptor_.async_accept(
      [self = shared_from_this()](const boost::system::error_code& error, Connection::Socket socket) {
        self->on_accept(error, std::move(socket));
      });
}

void AcceptLoop::on_accept(const boost::system::error_code& error, Connection::Socket socket) {
  if (!acceptor_.is_open()) return;
  if (error == asio::error::connection_aborted || error == asio::error::interrupted) return accept();
  if (error) {
    if (!std::exchange(is_starved_, true)) spdlog::error("{}: cannot accept calls now: {}", name_, error.message());
    return accept_later();
  }
  is_starved_ = false;
  welcome(std::move(socket));
  if (acceptor_.is_open()) accept();
}

void AcceptLoop::welcome(Connection::Socket socket) {
  ++stats_.media->connections;
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  const std::shared_ptr<Connection> connection = make_connection_(std::move(socket), stats_);
  if (stats_.media->legs_open + strangers_.size() >= limits_.max_legs) {
    ++stats_.media->refused;
    if (!std::exchange(is_refusing_, true))
      spdlog::warn("{}: {} legs are open, which is the most: further calls are hung up", name_, limits_.max_legs);
    return connection->refuse();
  }
  is_refusing_ = false;
  strangers_.push_back(connection);
  connection->start(*this, limits_.hello_timeout);
}

void AcceptLoop::accept_later() {
  pause_.expires_after(kPauseAfterFailure);
  pause_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error && self->acceptor_.is_open()) self->accept();
  });
}

void AcceptLoop::on_hello(const std::shared_ptr<Connection>& connection) {
  forget(connection);
  legs_.on_leg(make_leg(connection));
}

void AcceptLoop::on_gone(const std::shared_ptr<Connection>& connection) { forget(connection); }

void AcceptLoop::forget(const std::shared_ptr<Connection>& connection) { std::erase(strangers_, connection); }

}  // namespace parley::media
