// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "control/http_server.h"
#include "control/router.h"

namespace parley::control {

/// One HTTP connection: requests are answered one after the other, also where many are sent at once. Every wait has an
/// end and every buffer a size. Lives as long as it waits for something. The server's thread.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  static constexpr std::size_t kMaxHeaderBytes = 8192;

  /// `config` and `router` outlive it.
  Connection(boost::asio::ip::tcp::socket socket, const HttpConfig& config, Router& router);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Answers what comes.
  void start();

  /// Answers 503 without reading, and closes.
  void refuse();

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::empty_body>;

  void wait_for_request();
  void read_header();
  void on_header(const boost::beast::error_code& error);
  void send(Response response);
  void on_sent(const boost::beast::error_code& error, bool keep_alive);
  void part();
  void drain(std::size_t drained);

  boost::beast::tcp_stream stream_;
  const HttpConfig& config_;
  Router& router_;
  boost::beast::flat_buffer buffer_{2 * kMaxHeaderBytes};
  std::optional<Parser> parser_;
  std::optional<Response> response_;
  std::array<char, 4096> thrown_away_{};
};

}  // namespace parley::control
