// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/connection.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace parley::control {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

/// What a client that is no longer listened to may still send, and for how long, so that it reads our last answer
/// before it learns that the connection is closed.
constexpr std::size_t kMostDrained = 65536;
constexpr milliseconds kDrainTime{1000};

bool is_client_gone(const beast::error_code& error) {
  return error == http::error::end_of_stream || error == http::error::partial_message ||
         error == beast::error::timeout || error.category() == asio::error::get_system_category();
}

http::status status_for(const beast::error_code& error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return http::status::request_header_fields_too_large;
  return http::status::bad_request;
}

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, const HttpConfig& config, Router& router)
    : stream_(std::move(socket)), config_(config), router_(router) {
  ++router_.counts().connections;
}

Connection::~Connection() { --router_.counts().connections; }

void Connection::start() {
  stream_.expires_after(config_.request_timeout);
  read_header();
}

void Connection::refuse() {
  ++router_.counts().refused;
  send(router_.refusal(http::status::service_unavailable, "too many connections"));
}

void Connection::wait_for_request() {
  stream_.expires_after(buffer_.size() > 0 ? config_.request_timeout : config_.idle_timeout);
  if (buffer_.size() > 0) return read_header();
  stream_.async_read_some(buffer_.prepare(kMaxHeaderBytes),
                          [self = shared_from_this()](const beast::error_code& error, std::size_t bytes) {
                            if (error) return self->part();
                            self->buffer_.commit(bytes);
                            self->stream_.expires_after(self->config_.request_timeout);
                            self->read_header();
                          });
}

void Connection::read_header() {
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(boost::none);  // It is not read.
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const beast::error_code& error, std::size_t) { self->on_header(error); });
}

void Connection::on_header(const beast::error_code& error) {
  if (!error) return send(router_.answer(parser_->get(), !parser_->is_done()));
  if (is_client_gone(error)) return part();
  send(router_.refusal(status_for(error), error.message()));
}

void Connection::send(Response response) {
  response_.emplace(std::move(response));
  stream_.expires_after(config_.response_timeout);
  http::async_write(stream_, *response_,
                    [self = shared_from_this(), keep_alive = response_->keep_alive()](
                        const beast::error_code& error, std::size_t) { self->on_sent(error, keep_alive); });
}

void Connection::on_sent(const beast::error_code& error, bool keep_alive) {
  response_.reset();
  if (error || !keep_alive) return part();
  wait_for_request();
}

/// We say no more; what the client still says is thrown away, for a while.
void Connection::part() {
  beast::error_code error;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  if (error) return;
  stream_.expires_after(kDrainTime);
  drain(0);
}

void Connection::drain(std::size_t drained) {
  stream_.async_read_some(asio::buffer(thrown_away_),
                          [self = shared_from_this(), drained](const beast::error_code& error, std::size_t bytes) {
                            if (!error && drained + bytes < kMostDrained) self->drain(drained + bytes);
                          });
}

}  // namespace parley::control
