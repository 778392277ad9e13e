// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log_line.h"

#include <charconv>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

namespace parley {
namespace {

/// "#7" at the beginning of a word.
std::optional<std::uint64_t> utterance_in(std::string_view word) {
  if (!word.starts_with('#')) return std::nullopt;
  std::uint64_t id = 0;
  const char* end = word.data() + word.size();
  const auto [rest, error] = std::from_chars(word.data() + 1, end, id);
  if (error != std::errc() || (rest != end && *rest != ':')) return std::nullopt;
  return id;
}

}  // namespace

LogSubject subject_of(std::string_view message) {
  LogSubject subject{.session = {}, .utterance = {}, .text = message};
  const auto end = message.find("] ");
  if (!message.starts_with('[') || end == std::string_view::npos || end == 1) return subject;
  subject.session = message.substr(1, end - 1);
  subject.text = message.substr(end + 2);
  const auto first = subject.text.substr(0, subject.text.find(' '));
  subject.utterance = utterance_in(first);
  if (!subject.utterance && first.size() < subject.text.size()) {
    const auto rest = subject.text.substr(first.size() + 1);
    subject.utterance = utterance_in(rest.substr(0, rest.find(' ')));
  }
  return subject;
}

std::string json_log_line(std::chrono::system_clock::time_point ts, std::string_view level, std::string_view message) {
  const LogSubject subject = subject_of(message);
  nlohmann::ordered_json line{{"ts", iso8601(ts)}, {"level", level}};
  if (!subject.session.empty()) line["session"] = subject.session;
  if (subject.utterance) line["utterance"] = *subject.utterance;
  line["message"] = subject.text;
  return line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::string iso8601(std::chrono::system_clock::time_point at) {
  const auto ms = std::chrono::floor<std::chrono::milliseconds>(at);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(ms);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (ms - seconds).count());
}

}  // namespace parley
