// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audiosocket_server.h"

#include <netinet/tcp.h>
#include <boost/asio/ip/tcp.hpp>

#include "media/audiosocket_connection.h"

namespace parley::media {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// A peer whose machine or network has died is found within about 20 s.
void watch_for_death(Connection::Socket& socket) {
  using asio::detail::socket_option::integer;
  boost::system::error_code ignored;
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(integer<IPPROTO_TCP, TCP_KEEPIDLE>(5), ignored);
  socket.set_option(integer<IPPROTO_TCP, TCP_KEEPINTVL>(5), ignored);
  socket.set_option(integer<IPPROTO_TCP, TCP_KEEPCNT>(3), ignored);
  socket.set_option(integer<IPPROTO_TCP, TCP_USER_TIMEOUT>(20000), ignored);
}

std::shared_ptr<Connection> make_connection(Connection::Socket socket, ConnectionStats stats) {
  boost::system::error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  watch_for_death(socket);
  return std::make_shared<AudioSocketConnection>(std::move(socket), std::move(stats));
}

std::unexpected<Error> cannot_listen(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::kUnavailable,
                "TCP port {} on {} is in use: stop the program that has it, or configure another port for AudioSocket",
                endpoint.port(), endpoint.address().to_string());
  }
  return fail(ErrorCode::kUnavailable, "cannot listen for AudioSocket on {} port {}: {}",
              endpoint.address().to_string(), endpoint.port(), error.message());
}

}  // namespace

AudioSocketServer::AudioSocketServer(asio::io_context& io, AudioSocketConfig config, LegAcceptor& legs,
                                     std::shared_ptr<telemetry::LoopStats> loop_stats)
    : io_(io), config_(std::move(config)), legs_(legs), loop_stats_(std::move(loop_stats)) {}

AudioSocketServer::~AudioSocketServer() { stop(); }

Result<void> AudioSocketServer::start() {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(config_.address, error);
  if (error)
    return fail(ErrorCode::kInvalid, "\"{}\" is no IP address to listen on for AudioSocket: give one such as 127.0.0.1",
                config_.address);
  const tcp::endpoint endpoint(address, config_.port);
  tcp::acceptor acceptor(io_);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) return cannot_listen(endpoint, error);
  port_ = acceptor.local_endpoint().port();
  AcceptLoop::Acceptor generic(io_, asio::generic::stream_protocol(endpoint.protocol()), acceptor.release());
  loop_ = std::make_shared<AcceptLoop>(std::move(generic), config_.limits, legs_, &make_connection, "AudioSocket",
                                       loop_stats_);
  loop_->start();
  return {};
}

void AudioSocketServer::stop() {
  if (loop_) loop_->stop();
}

}  // namespace parley::media
