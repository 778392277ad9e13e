// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/switchboard.h"

#include <spdlog/spdlog.h>

namespace parley::call {

Switchboard::Switchboard(const Services& services, Hearing& hearing) : services_(services), hearing_(hearing) {}

void Switchboard::on_leg(std::unique_ptr<media::Leg> leg) {
  const std::string& session = leg->info().session;
  auto room = rooms_.try_emplace(session, session, services_, hearing_, now_).first;
  if (const auto seated = room->second.seat(std::move(leg)); !seated) spdlog::warn("{}", seated.error().message);
}

void Switchboard::tick(std::uint64_t now) {
  now_ = now;
  for (auto& [session, room] : rooms_) room.tick(now);
  std::erase_if(rooms_, [](const auto& entry) { return entry.second.over(); });
  services_.stats.rooms.store(static_cast<std::uint32_t>(rooms_.size()), std::memory_order_relaxed);
  hearing_.wake();
}

void Switchboard::abandon() {
  for (auto& [session, room] : rooms_) room.abandon();
  rooms_.clear();
}

}  // namespace parley::call
