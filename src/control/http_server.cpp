// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/http_server.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include <exception>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "control/connection.h"
#include "control/loop_watch.h"
#include "control/router.h"

namespace parley::control {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Connections beyond the most that are told so before they are closed; those beyond these are closed without a word.
constexpr std::size_t kRefusedAtOnce = 16;

/// When the system has no descriptor left, trying again at once would only burn the core.
constexpr milliseconds kPauseAfterFailure{100};

/// So that a flood of requests gets what calls leave over, about a tenth of a core that both want.
constexpr int kNiceness = 10;

bool is_local(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  return address.is_loopback();
}

Result<tcp::endpoint> endpoint_of(const HttpConfig& config) {
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(config.address, error);
  if (error) {
    return fail(ErrorCode::kInvalid, "\"{}\" is no IP address for HTTP to listen on: give one such as 127.0.0.1",
                config.address);
  }
  if (!is_local(address) && !config.allow_remote) {
    return fail(ErrorCode::kInvalid,
                "other machines reach {}, and whoever reaches it reads /metrics and /health, for there is no "
                "authentication: let HTTP listen on 127.0.0.1, or set allow_remote = true where a firewall protects it",
                config.address);
  }
  return tcp::endpoint(address, config.port);
}

Result<tcp::acceptor> listen(asio::io_context& io, const tcp::endpoint& endpoint) {
  boost::system::error_code error;
  tcp::acceptor acceptor(io);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (!error) return acceptor;
  if (error == asio::error::address_in_use) {
    return fail(ErrorCode::kUnavailable,
                "TCP port {} on {} is in use: stop the program that has it, or configure another port for HTTP",
                endpoint.port(), endpoint.address().to_string());
  }
  return fail(ErrorCode::kUnavailable, "cannot listen for HTTP on {} port {}: {}", endpoint.address().to_string(),
              endpoint.port(), error.message());
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpConfig config, Sources sources)
      : config_(std::move(config)), sources_(std::move(sources)), watch_(sources_.loop, SteadyClock::now()) {}

  ~Impl() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<void> start() {
    const auto endpoint = endpoint_of(config_);
    if (!endpoint) return std::unexpected(endpoint.error());
    auto acceptor = listen(io_, *endpoint);
    if (!acceptor) return std::unexpected(acceptor.error());
    acceptor_ = std::move(*acceptor);
    port_ = acceptor_.local_endpoint().port();
    accept();
    look();
    thread_ = std::thread([this] { run(); });
    return {};
  }

  std::uint16_t port() const { return port_; }

 private:
  void run() {
    pthread_setname_np(pthread_self(), "parley-http");
    const sched_param ordinary{};  // Whatever the thread that started this one has.
    pthread_setschedparam(pthread_self(), SCHED_OTHER, &ordinary);
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness);
    while (!io_.stopped()) {
      try {
        io_.run();
      } catch (const std::exception& problem) {  // Memory is short: its connection is lost, the others go on.
        spdlog::error("http: {}", problem.what());
      }
    }
  }

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;
      if (error && error != asio::error::connection_aborted && error != asio::error::interrupted)
        return accept_later(error.message());
      accept();
      is_starved_ = false;
      if (!error) welcome(std::move(socket));
    });
  }

  void accept_later(const std::string& why) {
    if (!std::exchange(is_starved_, true)) spdlog::warn("http: cannot accept connections now: {}", why);
    pause_.expires_after(kPauseAfterFailure);
    pause_.async_wait([this](const boost::system::error_code& error) {
      if (!error) accept();
    });
  }

  void welcome(tcp::socket socket) {
    const std::size_t open = router_.counts().connections;
    if (open >= config_.max_connections + kRefusedAtOnce) {
      ++router_.counts().refused;
      return;
    }
    boost::system::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    const auto connection = std::make_shared<Connection>(std::move(socket), config_, router_);
    if (open >= config_.max_connections) {
      connection->refuse();
    } else {
      connection->start();
    }
  }

  void look() {
    next_look_.expires_after(LoopWatch::kInterval);
    next_look_.async_wait([this](const boost::system::error_code& error) {
      if (error) return;
      look();
      watch_.look(SteadyClock::now());
    });
  }

  const HttpConfig config_;
  const Sources sources_;
  LoopWatch watch_;
  Router router_{sources_, watch_, config_.keep};
  std::uint16_t port_ = 0;
  bool is_starved_ = false;  ///< So that it is logged once.
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  asio::steady_timer pause_{io_};
  asio::steady_timer next_look_{io_};
  std::thread thread_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port(); }

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpConfig config, Sources sources) {
  if (config.allow_remote)
    spdlog::warn("http: {} may be reached by other machines, without authentication", config.address);
  auto impl = std::make_unique<Impl>(std::move(config), std::move(sources));
  if (auto started = impl->start(); !started) return std::unexpected(started.error());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace parley::control
