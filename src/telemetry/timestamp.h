// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parley::telemetry {

/// Wall clock time in ISO 8601, UTC, milliseconds: "2026-11-24T17:20:00.123Z".
std::string iso8601(std::chrono::system_clock::time_point at);

/// Reads what iso8601() writes. Nothing: it is something else.
std::optional<std::chrono::system_clock::time_point> parse_iso8601(std::string_view text);

}  // namespace parley::telemetry
