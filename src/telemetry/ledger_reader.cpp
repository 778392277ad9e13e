// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger_reader.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <tuple>

#include <nlohmann/json.hpp>

#include "telemetry/timestamp.h"

namespace parley::telemetry {
namespace {

using Json = nlohmann::json;

constexpr double kLongestCallMs = 1e9;  // Eleven days: what is beyond is no time of a call.
constexpr std::uintmax_t kLargestFile = 256U << 20U;
constexpr std::array<std::string_view, 4> kEvents = {"begun", "partial", "caption", "utterance"};

const Json* member(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found == json.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const Json& json, const char* name) {
  const Json* value = member(json, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

std::optional<double> number_of(const Json& json, const char* name) {
  const Json* value = member(json, name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  const auto number = value->get<double>();
  return std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::optional<MillisF> time_of(const Json& json, const char* name) {
  const auto number = number_of(json, name);
  if (!number) return std::nullopt;
  return MillisF(std::clamp(*number, 0.0, kLongestCallMs));
}

std::optional<milliseconds> whole_time_of(const Json& json, const char* name) {
  const auto time = time_of(json, name);
  return time ? std::optional(std::chrono::round<milliseconds>(*time)) : std::nullopt;
}

double duration_of(const Json& json, const char* name) {
  return std::clamp(number_of(json, name).value_or(0.0), 0.0, kLongestCallMs);
}

int count_of(const Json& json, const char* name) { return static_cast<int>(duration_of(json, name)); }

bool is_true(const Json& json, const char* name) {
  const Json* value = member(json, name);
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::optional<StageSpan> span_of(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto stage = parse_stage(text_of(json, "stage"));
  const auto begin = time_of(json, "begin_ms");
  if (!stage || !begin) return std::nullopt;
  StageSpan span{.stage = *stage, .begin = *begin};
  span.end = std::max(span.begin, time_of(json, "end_ms").value_or(span.begin));
  span.speculative = is_true(json, "speculative");
  span.wasted = is_true(json, "wasted");
  span.text = text_of(json, "text");
  span.tempo = std::clamp(number_of(json, "tempo").value_or(1.0), 0.1, 10.0);
  return span;
}

void read_spans(const Json& json, UtteranceRecord& record) {
  const Json* spans = member(json, "spans");
  if (spans == nullptr || !spans->is_array()) return;
  for (const Json& each : *spans) {
    if (auto span = span_of(each)) record.note(std::move(*span));
  }
  record.spans_dropped += static_cast<std::size_t>(count_of(json, "spans_dropped"));
}

void read_stages(const Json& json, StageTimes& stages) {
  const Json* times = member(json, "stages_ms");
  if (times == nullptr || !times->is_object()) return;
  stages = {.endpoint = duration_of(*times, "endpoint"),
            .queue = duration_of(*times, "queue"),
            .recognition = duration_of(*times, "recognition"),
            .translation = duration_of(*times, "translation"),
            .synthesis = duration_of(*times, "synthesis"),
            .playout = duration_of(*times, "playout")};
}

/// Whose it is and when it began. Errors: kInvalid, for without it a line is of no use.
Result<void> read_identity(const Json& json, UtteranceRecord& record) {
  const std::string direction = text_of(json, "direction");
  const auto separator = direction.find('_');
  const auto from = Language::parse(std::string_view(direction).substr(0, separator));
  const auto to =
      Language::parse(separator == std::string::npos ? "" : std::string_view(direction).substr(separator + 1));
  if (!from || !to) return fail(ErrorCode::kInvalid, "it has no direction such as \"en_pt\"");
  const auto start = whole_time_of(json, "speech_start_ms");
  const auto id = number_of(json, "id");
  if (!start || !id || *id < 0.0 || *id > 1e15) return fail(ErrorCode::kInvalid, "it has no id or no speech_start_ms");
  record.pair = {*from, *to};
  record.speech_start = *start;
  record.id = static_cast<std::uint64_t>(*id);
  record.session = text_of(json, "session");
  record.speaker = text_of(json, "speaker");
  record.listener = text_of(json, "listener");
  record.begun = parse_iso8601(text_of(json, "begun")).value_or(std::chrono::system_clock::time_point());
  return {};
}

Result<UtteranceRecord> record_of(const Json& json) {
  UtteranceRecord record;
  if (auto read = read_identity(json, record); !read) return std::unexpected(read.error());
  record.source = text_of(json, "source");
  record.translation = text_of(json, "translation");
  // While somebody speaks, there is no end yet.
  record.speech_end = std::max(record.speech_start, whole_time_of(json, "speech_end_ms").value_or(milliseconds(0)));
  record.audio_start = whole_time_of(json, "audio_start_ms");
  record.answer_start = whole_time_of(json, "answer_start_ms");
  record.audio_end = whole_time_of(json, "audio_end_ms");
  if (record.audio_start && record.audio_end) record.audio_end = std::max(*record.audio_start, *record.audio_end);
  read_stages(json, record.stages);
  read_spans(json, record);
  record.confidence = std::clamp(number_of(json, "confidence").value_or(0.0), 0.0, 1.0);
  record.outcome = parse_outcome(text_of(json, "outcome")).value_or(Outcome::kUndelivered);
  record.error = text_of(json, "error");
  record.partials = count_of(json, "partials");
  record.speculations = count_of(json, "speculations");
  record.speculations_wasted = count_of(json, "speculations_wasted");
  record.speculated = is_true(json, "speculated");
  record.stretched_ms = duration_of(json, "stretched_ms");
  record.cut = count_of(json, "cut");
  record.retries = count_of(json, "retries");
  return record;
}

/// What `parley translate --json` prints: one object with every utterance in it.
std::optional<LedgerFile> parse_report(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const Json* utterances = member(json, "utterances");
  if (utterances == nullptr || !utterances->is_array()) return std::nullopt;
  LedgerFile file;
  for (const Json& each : *utterances) {
    if (auto record = each.is_object() ? record_of(each) : fail(ErrorCode::kInvalid, "not an object")) {
      file.lines.push_back({.event = LedgerEvent::kUtterance, .record = std::move(*record)});
    } else {
      ++file.skipped_count;
    }
  }
  return file;
}

/// Keeps of each utterance what was said last.
class Collector {
 public:
  explicit Collector(LedgerFile& file) : file_(file) {}

  void add(LedgerLine line) {
    const auto& r = line.record;
    const auto [known, is_new] =
        places_.try_emplace({r.session, r.speaker, r.listener, r.id, r.begun}, file_.lines.size());
    if (is_new) {
      file_.lines.push_back(std::move(line));
    } else if (line.event >= file_.lines[known->second].event) {
      file_.lines[known->second] = std::move(line);
    }
  }

  void skip(std::size_t line, std::string why) {
    if (file_.skipped_count++ < LedgerFile::kSkippedKept) file_.skipped.push_back({line, std::move(why)});
  }

 private:
  using Key = std::tuple<std::string, std::string, std::string, std::uint64_t, std::chrono::system_clock::time_point>;
  LedgerFile& file_;
  std::map<Key, std::size_t> places_;
};

}  // namespace

Result<std::optional<LedgerLine>> parse_ledger_line(std::string_view line) {
  const Json json = Json::parse(line, nullptr, false);
  if (!json.is_object()) return fail(ErrorCode::kInvalid, "it is not a JSON object");
  const auto event = std::ranges::find(kEvents, text_of(json, "event"));
  if (event == kEvents.end()) {
    if (text_of(json, "event").empty()) return fail(ErrorCode::kInvalid, "it has no \"event\"");
    return std::nullopt;
  }
  auto record = record_of(json);
  if (!record) return std::unexpected(record.error());
  return LedgerLine{.event = static_cast<LedgerEvent>(event - kEvents.begin()), .record = std::move(*record)};
}

LedgerFile parse_ledger(std::string_view text) {
  LedgerFile file;
  Collector collector(file);
  std::size_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    auto parsed = parse_ledger_line(line);
    if (parsed) {
      if (*parsed) collector.add(std::move(**parsed));
    } else if (end == std::string_view::npos) {
      collector.skip(number, "it is cut off, as when its writer was stopped in the middle");
    } else {
      collector.skip(number, std::move(parsed.error().message));
    }
  }
  if (file.lines.empty() && file.skipped_count > 0) {
    if (auto report = parse_report(text)) return std::move(*report);
  }
  return file;
}

Result<LedgerFile> read_ledger(const std::filesystem::path& path) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    return fail(ErrorCode::kInvalid, "{} is a directory: give the ledger's file", path.string());
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    const bool there = std::filesystem::exists(path, error);
    return fail(there ? ErrorCode::kUnavailable : ErrorCode::kNotFound, "ledger {} {}", path.string(),
                there ? "cannot be read: check its permissions"
                      : "does not exist: `ledger` in parley.toml says where parleyd writes it");
  }
  std::string text;
  std::array<char, 64 * 1024> block{};
  while (stream.read(block.data(), block.size()) || stream.gcount() > 0) {
    text.append(block.data(), static_cast<std::size_t>(stream.gcount()));
    if (text.size() > kLargestFile)
      return fail(ErrorCode::kInvalid, "{} is larger than {} MiB: take one session out of it with grep", path.string(),
                  kLargestFile >> 20U);
  }
  LedgerFile file = parse_ledger(text);
  if (file.lines.empty() && file.skipped_count > 0) {
    const auto first = file.skipped.empty() ? LedgerFile::Skipped{1, "nothing in it is an utterance"} : file.skipped[0];
    return fail(ErrorCode::kInvalid, "{} is no ledger: line {}: {}", path.string(), first.line, first.why);
  }
  return file;
}

}  // namespace parley::telemetry
