// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/external_media_server.h"

#include <boost/asio/local/stream_protocol.hpp>

#include "media/external_media_connection.h"
#include "media/unix_socket_file.h"

namespace parley::media {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;

std::shared_ptr<Connection> make_connection(Connection::Socket socket, ConnectionStats stats) {
  return std::make_shared<ExternalMediaConnection>(std::move(socket), std::move(stats));
}

}  // namespace

ExternalMediaServer::ExternalMediaServer(asio::io_context& io, ExternalMediaConfig config, LegAcceptor& legs,
                                         std::shared_ptr<telemetry::LoopStats> loop_stats)
    : io_(io), config_(std::move(config)), legs_(legs), loop_stats_(std::move(loop_stats)) {}

ExternalMediaServer::~ExternalMediaServer() { stop(); }

Result<void> ExternalMediaServer::start() {
  if (Result<void> cleared = clear_socket_path(config_.socket); !cleared) return cleared;
  boost::system::error_code error;
  stream_protocol::acceptor acceptor(io_);
  acceptor.open(stream_protocol(), error);
  if (!error) acceptor.bind(stream_protocol::endpoint(config_.socket.string()), error);
  if (error)
    return fail(ErrorCode::kUnavailable, "cannot make the ExternalMedia socket {}: {}", config_.socket.string(),
                error.message());
  // Before listen(): until then nobody gets in, whatever the file's first permissions are.
  Result<void> access = set_socket_access(config_.socket, config_.mode, config_.owner, config_.group);
  if (access) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      access = fail(ErrorCode::kUnavailable, "cannot listen on {}: {}", config_.socket.string(), error.message());
  }
  if (!access) {
    (void)clear_socket_path(config_.socket);
    return access;
  }
  AcceptLoop::Acceptor generic(io_, asio::generic::stream_protocol(stream_protocol()), acceptor.release());
  loop_ = std::make_shared<AcceptLoop>(std::move(generic), config_.limits, legs_, &make_connection, "ExternalMedia",
                                       loop_stats_);
  loop_->start();
  return {};
}

void ExternalMediaServer::stop() {
  if (!loop_ || !loop_->is_accepting()) return;
  loop_->stop();
  (void)clear_socket_path(config_.socket);  // Ours, which nobody answers on now; another server's stays.
}

}  // namespace parley::media
