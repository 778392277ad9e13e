// SPDX-License-Identifier: GPL-3.0-or-later
#include "peer.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::media::testing {

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes bytes_of(std::string_view text) {
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return Bytes(begin, begin + text.size());
}

Bytes message(std::uint8_t type, const Bytes& payload) {
  const std::size_t length = payload.size();
  return Bytes{std::byte{type}, static_cast<std::byte>(length >> 8), static_cast<std::byte>(length & 0xff)} + payload;
}

Bytes message(std::uint8_t type, std::string_view payload) { return message(type, bytes_of(payload)); }

Bytes hello(std::string_view session, std::string_view leg) {
  return hello_json(fmt::format(
      R"({{"protocol":1,"channel":"{}.{}","name":"ExternalMedia/{}","session":"{}","leg":"{}",)"
      R"("caller":{{"number":"100","name":"Alice"}},"speaks":"en","hears":"en","codec":"slin16","reconnect":0}})",
      session, leg, session, session, leg));
}

Bytes hello_json(std::string_view json) { return message(0x01, json); }

Bytes audio_message(const audio::Frame& frame) {
  const auto* const begin = reinterpret_cast<const std::byte*>(frame.data());
  return message(0x12, Bytes(begin, begin + sizeof frame));
}

audio::Frame numbered_frame(int number) {
  audio::Frame frame;
  for (std::size_t i = 0; i < frame.size(); ++i) frame[i] = static_cast<std::int16_t>(number * 7 + static_cast<int>(i));
  return frame;
}

namespace {

int connected(int family, const sockaddr* address, socklen_t size) {
  const int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || connect(descriptor, address, size) != 0) {
    const std::string error = std::strerror(errno);
    close(descriptor);
    throw std::runtime_error("connect: " + error);
  }
  return descriptor;
}

}  // namespace

Peer Peer::connect_unix(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  return Peer(connected(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

Peer Peer::connect_tcp(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return Peer(connected(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

Peer::Peer(Peer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      is_closed_(other.is_closed_),
      buffer_(std::move(other.buffer_)) {}

Peer& Peer::operator=(Peer&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(is_closed_, other.is_closed_);
  std::swap(buffer_, other.buffer_);
  return *this;
}

std::ptrdiff_t Peer::say(const Bytes& bytes) { return say(bytes.data(), bytes.size()); }

std::ptrdiff_t Peer::say(const std::byte* bytes, std::size_t count) {
  return send(descriptor_, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void Peer::read() {
  std::byte chunk[4096];
  while (!is_closed_) {
    const ssize_t count = recv(descriptor_, chunk, sizeof chunk, MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (count <= 0) {
      is_closed_ = true;
    } else {
      buffer_.insert(buffer_.end(), chunk, chunk + count);
    }
  }
}

std::optional<Peer::Heard> Peer::hear() {
  read();
  if (buffer_.size() < 3) return std::nullopt;
  const std::size_t length = std::to_integer<std::size_t>(buffer_[1]) << 8 | std::to_integer<std::size_t>(buffer_[2]);
  if (buffer_.size() < 3 + length) return std::nullopt;
  const auto begin = buffer_.begin() + 3;
  const auto end = begin + static_cast<std::ptrdiff_t>(length);
  Heard heard{std::to_integer<std::uint8_t>(buffer_[0]), Bytes(begin, end)};
  buffer_.erase(buffer_.begin(), end);
  return heard;
}

bool Peer::is_closed() {
  read();
  return is_closed_ && buffer_.empty();
}

void Peer::die() {
  if (descriptor_ >= 0) close(std::exchange(descriptor_, -1));
}

bool run_until(boost::asio::io_context& io, const std::function<bool()>& is_true, std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    io.restart();
    io.run_for(std::chrono::milliseconds(1));
  }
  return true;
}

void run_for(boost::asio::io_context& io, std::chrono::milliseconds time) {
  io.restart();
  io.run_for(time);
}

}  // namespace parley::media::testing
