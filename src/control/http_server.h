// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "control/sources.h"

namespace parley::control {

struct HttpConfig {
  bool enabled = true;
  std::string address = "127.0.0.1";  ///< Numeric IPv4 or IPv6.
  std::uint16_t port = 8090;          ///< 0: any free one; port() says which.
  /// Whoever reaches the port reads everything, for there is no authentication: an address that other machines reach is
  /// refused unless this says that it is meant.
  bool allow_remote = false;
  std::size_t max_connections = 64;      ///< The next is answered 503 and closed. 1 or more.
  milliseconds request_timeout{5000};    ///< From connecting, or from the first byte of a later request, to its last.
  milliseconds idle_timeout{75000};      ///< Between two requests.
  milliseconds response_timeout{10000};  ///< For the client to take the answer.
  milliseconds keep{200};                ///< For so long an answer is given again to whoever asks the same.
};

/// Tells over HTTP/1.1 how the daemon is: GET or HEAD of /metrics (Prometheus), /health (JSON) and /health/report (five
/// averages, Prometheus). In a thread of its own, of low priority, which waits for nothing that media or inference do:
/// no request, however hostile, disturbs a call. docs/metrics.md.
class HttpServer {
 public:
  /// Listens and answers from now on. Whether it is enabled is the caller's to look at. Errors: kInvalid for an address
  /// that is none or that other machines reach without allow_remote; kUnavailable when the port is in use or may not be
  /// used.
  static Result<std::unique_ptr<HttpServer>> start(HttpConfig config, Sources sources);

  /// Closes every connection and ends the thread.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace parley::control
