// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace parley::telemetry {

/// Reads what parley::iso8601() writes: "2026-11-24T17:20:00.123Z". Nothing: it is something else.
std::optional<std::chrono::system_clock::time_point> parse_iso8601(std::string_view text);

}  // namespace parley::telemetry
