// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::media {

/// What a media server has seen since it started. Media thread only.
struct MediaStats {
  std::size_t legs_open = 0;           ///< Now.
  std::uint64_t connections = 0;       ///< Accepted, whatever became of them.
  std::uint64_t legs = 0;              ///< Said who they are and became legs.
  std::uint64_t refused = 0;           ///< Hung up because there were too many.
  std::uint64_t hello_timeouts = 0;    ///< Closed because they did not say who they are in time.
  std::uint64_t protocol_errors = 0;   ///< Closed because what they said made no sense.
  std::uint64_t stuck_peers = 0;       ///< Closed because they stopped reading for good.
  std::uint64_t unknown_messages = 0;  ///< Skipped: of a type this version does not know.
  std::uint64_t events_dropped = 0;    ///< DTMF and marks nobody polled.
};

}  // namespace parley::media
