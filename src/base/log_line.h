// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace parley {

/// What a message is about, as its beginning says it.
struct LogSubject {
  std::string_view session;                ///< Empty: no session.
  std::optional<std::uint64_t> utterance;  ///< Within its session and speaker.
  std::string_view text;                   ///< The message without "[session] ".
};

/// "[s1] #7 …" and "[s1] a #7 …": session s1, utterance 7. All of it points into `message`.
LogSubject subject_of(std::string_view message);

/// One line of JSON without the newline: {"ts", "level", "session", "utterance", "message"}, the two in the middle
/// where they are known; ts in ISO 8601, UTC, milliseconds. Whatever is in the message, it is one line, and UTF-8.
std::string json_log_line(std::chrono::system_clock::time_point ts, std::string_view level, std::string_view message);

/// "2026-11-24T17:07:00.250Z": UTC, milliseconds.
std::string iso8601(std::chrono::system_clock::time_point at);

}  // namespace parley
