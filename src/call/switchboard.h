// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "call/room.h"
#include "media/leg.h"

namespace parley::call {

/// Brings legs of one session together in one room and moves every room's sound once a tick. Media thread only.
class Switchboard : public media::LegAcceptor {
 public:
  /// `hearing` outlives it.
  Switchboard(const Services& services, Hearing& hearing);

  void on_leg(std::unique_ptr<media::Leg> leg) override;

  /// 20 ms went by. `now` counts up by one, or by more after a stall.
  void tick(std::uint64_t now);

  /// This process ends, the calls should not: closes every leg without a goodbye, so that Asterisk looks for us again.
  void abandon();

  std::size_t rooms() const { return rooms_.size(); }

 private:
  const Services services_;
  Hearing& hearing_;
  std::map<std::string, Room> rooms_;
  std::uint64_t now_ = 0;
};

}  // namespace parley::call
