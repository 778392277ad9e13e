// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/timestamp.h"

#include <cstdio>
#include <string>

namespace parley::telemetry {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::optional<system_clock::time_point> parse_iso8601(std::string_view text) {
  constexpr std::size_t kLength = std::string_view("2026-11-24T17:20:00.123Z").size();
  if (text.size() != kLength) return std::nullopt;
  int year = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0, ms = 0;
  int end = 0;
  const std::string copy(text);
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u.%3uZ%n", &year, &month, &day, &hour, &minute, &second, &ms,
                  &end) != 7 ||
      end != static_cast<int>(kLength))
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(date) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second) + milliseconds(ms);
}

}  // namespace parley::telemetry
