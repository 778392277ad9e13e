// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace parley::control::testing {
namespace {

using Clock = std::chrono::steady_clock;

int left_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::max<std::int64_t>(left, 0));
}

std::string small(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

Reply parse_head(std::string_view head) {
  Reply reply;
  std::istringstream lines{std::string(head)};
  std::string line;
  std::getline(lines, line);
  if (line.size() > 12 && line.starts_with("HTTP/1.")) reply.status = std::stoi(line.substr(9, 3));
  while (std::getline(lines, line)) {
    const auto colon = line.find(": ");
    if (colon != std::string::npos)
      reply.fields[small(line.substr(0, colon))] = line.substr(colon + 2, line.find('\r') - colon - 2);
  }
  return reply;
}

}  // namespace

Client::Client(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

Client::Client(Client&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), heard_(std::move(other.heard_)) {}

Client::~Client() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Client::say(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Client::read_more(std::chrono::milliseconds limit) {
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  if (::poll(&waiting, 1, static_cast<int>(limit.count())) <= 0) return false;
  std::array<char, 65536> bytes{};
  const auto count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (count > 0) heard_.append(bytes.data(), static_cast<std::size_t>(count));
  return count > 0;
}

Reply Client::hear(std::chrono::milliseconds limit, bool of_head) {
  const auto end = Clock::now() + limit;
  const auto more = [&] { return read_more(std::chrono::milliseconds(left_until(end))); };
  std::size_t head = 0;
  while ((head = heard_.find("\r\n\r\n")) == std::string::npos)
    if (!more()) return {};
  Reply reply = parse_head(std::string_view(heard_).substr(0, head + 2));
  heard_.erase(0, head + 4);
  const std::size_t length = of_head ? 0 : std::stoul(reply.fields["content-length"]);
  while (heard_.size() < length)
    if (!more()) return {};
  reply.body = heard_.substr(0, length);
  heard_.erase(0, length);
  return reply;
}

bool Client::is_closed_within(std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  while (read_more(std::chrono::milliseconds(left_until(end)))) heard_.clear();
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  char byte = 0;
  return ::poll(&waiting, 1, 0) == 1 && ::recv(descriptor_, &byte, 1, MSG_PEEK) <= 0;
}

void Client::stop_saying() { ::shutdown(descriptor_, SHUT_WR); }

std::string request(std::string_view path, std::string_view method, std::string_view fields) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: localhost\r\n{}\r\n", method, path, fields);
}

Reply get(std::uint16_t port, std::string_view path) {
  Client client(port);
  client.say(request(path));
  return client.hear();
}

std::map<std::string, double> series(std::string_view text) {
  std::map<std::string, double> found;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line.starts_with('#')) {
      EXPECT_TRUE(line.starts_with("# HELP ") || line.starts_with("# TYPE ")) << line;
      continue;
    }
    const auto space = line.rfind(' ');
    EXPECT_NE(space, std::string::npos) << line;
    const auto [entry, is_new] = found.emplace(line.substr(0, space), std::stod(line.substr(space + 1)));
    EXPECT_TRUE(is_new) << "twice: " << entry->first;
  }
  return found;
}

}  // namespace parley::control::testing
