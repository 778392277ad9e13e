// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/process.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace parley::workers {
namespace {

using namespace std::chrono_literals;

constexpr auto kPingEvery = 1s;
/// Read at once at most, so that a process that talks without end does not keep the pool's thread.
constexpr int kReads = 16;

}  // namespace

void Process::set_ready() {
  phase_ = Phase::kReady;
  ready_since_ = SteadyClock::now();
  next_ping_ = ready_since_ + kPingEvery;
}

void Process::send(MessageType type, std::uint64_t request, std::string_view payload) {
  if (phase_ == Phase::kGone) return;
  append(out_, type, request, payload);
  flush();
}

bool Process::flush() {
  while (has_unsent()) {
    const auto count = ::send(socket(), out_.data() + sent_, out_.size() - sent_, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno != EAGAIN;  // Else it is dying: receive() will tell.
    sent_ += static_cast<std::size_t>(count);
  }
  out_.clear();
  sent_ = 0;
  return true;
}

Result<void> Process::receive(std::vector<Message>& messages) {
  std::array<char, 65536> bytes;
  for (int round = 0; round < kReads; ++round) {
    const auto count = recv(socket(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return {};
    if (count <= 0) return fail(ErrorCode::kUnavailable, "the connection is at its end");
    decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
    for (;;) {
      auto message = decoder_.next();
      if (!message) return std::unexpected(message.error());
      if (!*message) break;
      messages.push_back(std::move(**message));
    }
    if (static_cast<std::size_t>(count) < bytes.size()) return {};
  }
  return {};
}

void Process::ping_if_due(Time now) {
  if (!ready() || pinged_ || now < next_ping_) return;
  pinged_ = now;
  next_ping_ = now + kPingEvery;
  send(MessageType::kPing, 0, {});
}

void Process::excuse(SteadyClock::duration away) {
  if (pinged_) *pinged_ += away;
  started_ += away;
  for (auto& [number, waiting] : requests) waiting->watch.excuse(away);
}

void Process::end() {
  if (phase_ == Phase::kGone) return;
  phase_ = Phase::kGone;
  kill(pid(), SIGKILL);
  shutdown(socket(), SHUT_RDWR);
}

}  // namespace parley::workers
