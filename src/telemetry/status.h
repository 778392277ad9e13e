// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace parley::telemetry {

/// How well something works.
enum class Status : std::uint8_t {
  kOk,
  kDegraded,  ///< It works, but worse than it should.
  kFailing,   ///< It does not work.
};
inline constexpr std::size_t kStatuses = 3;

/// "ok", "degraded", "failing".
std::string_view to_string(Status status);

}  // namespace parley::telemetry
