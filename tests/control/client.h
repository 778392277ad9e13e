// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace parley::control::testing {

using namespace std::chrono_literals;

struct Reply {
  int status = 0;                             ///< 0: none came.
  std::map<std::string, std::string> fields;  ///< By their names in small letters.
  std::string body;
};

/// An HTTP client on plain system calls, so that it can be as rude as anybody. Every wait has an end.
class Client {
 public:
  explicit Client(std::uint16_t port);
  Client(Client&& other) noexcept;
  Client& operator=(Client&&) = delete;
  ~Client();

  /// Sends bytes as they are; false: the connection is broken.
  bool say(std::string_view bytes);

  /// The next reply. `of_head`: it has no body, whatever its length says.
  Reply hear(std::chrono::milliseconds limit = 5s, bool of_head = false);

  /// Whether the other side closes within this time; what it says until then is thrown away.
  bool is_closed_within(std::chrono::milliseconds limit);

  /// Says that nothing more comes, and goes on listening.
  void stop_saying();

 private:
  bool read_more(std::chrono::milliseconds limit);

  int descriptor_ = -1;
  std::string heard_;
};

/// "GET /path HTTP/1.1", with the fields that it needs.
std::string request(std::string_view path, std::string_view method = "GET", std::string_view fields = "");

/// One request on a connection of its own.
Reply get(std::uint16_t port, std::string_view path);

/// The lines of Prometheus' text format: series with its labels → value. Comments are checked to be HELP or TYPE.
std::map<std::string, double> series(std::string_view text);

}  // namespace parley::control::testing
