// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "audio/frame.h"
#include "media/leg.h"
#include "support/temporary_directory.h"

namespace parley::media::testing {

using Bytes = std::vector<std::byte>;

Bytes operator+(Bytes left, const Bytes& right);
Bytes bytes_of(std::string_view text);

/// A message in the shared framing, whatever its type and payload.
Bytes message(std::uint8_t type, const Bytes& payload = {});
Bytes message(std::uint8_t type, std::string_view payload);

/// A well-formed hello.
Bytes hello(std::string_view session = "1700000000.1", std::string_view leg = "a");
Bytes hello_json(std::string_view json);

Bytes audio_message(const audio::Frame& frame);

/// Frames that can be told apart.
audio::Frame numbered_frame(int number);

/// What Asterisk would be: the far end of one connection, on plain system calls, never waiting.
class Peer {
 public:
  static Peer connect_unix(const std::filesystem::path& path);
  static Peer connect_tcp(std::uint16_t port);
  explicit Peer(int descriptor) : descriptor_(descriptor) {}
  Peer(Peer&& other) noexcept;
  Peer& operator=(Peer&& other) noexcept;
  ~Peer() { die(); }

  /// Sends what the socket takes at once; says how much that was, or -1 when the connection is broken.
  std::ptrdiff_t say(const Bytes& bytes);
  std::ptrdiff_t say(const std::byte* bytes, std::size_t count);

  /// The next whole message heard, if one is there: type and payload.
  struct Heard {
    std::uint8_t type = 0;
    Bytes payload;
  };
  std::optional<Heard> hear();

  /// Whether the other side has closed and everything it said was heard.
  bool is_closed();

  /// Closes without a word.
  void die();

  int descriptor() const { return descriptor_; }

 private:
  void read();

  int descriptor_ = -1;
  bool is_closed_ = false;
  Bytes buffer_;
};

/// Keeps the legs that arrive.
class Legs final : public LegAcceptor {
 public:
  void on_leg(std::unique_ptr<Leg> leg) override { arrived.push_back(std::move(leg)); }
  std::vector<std::unique_ptr<Leg>> arrived;
};

/// Runs the media thread's work until something is true; says whether it became so in time.
bool run_until(boost::asio::io_context& io, const std::function<bool()>& is_true,
               std::chrono::milliseconds time = std::chrono::seconds(5));

/// Runs the media thread's work for some time.
void run_for(boost::asio::io_context& io, std::chrono::milliseconds time);

using support::TemporaryDirectory;

}  // namespace parley::media::testing
