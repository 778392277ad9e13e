// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger.h"

#include <cmath>

#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

namespace parley::telemetry {
namespace {

using Json = nlohmann::ordered_json;

double tenths(double ms) { return std::round(ms * 10.0) / 10.0; }

Json optional_ms(const std::optional<milliseconds>& time) { return time ? Json(time->count()) : Json(nullptr); }

Json json_of(const UtteranceRecord& record) {
  const StageTimes& s = record.stages;
  Json json{
      {"session", record.session},
      {"id", record.id},
      {"speaker", record.speaker},
      {"listener", record.listener},
      {"direction", fmt::format("{}_{}", record.pair.from.code(), record.pair.to.code())},
      {"source", record.source},
      {"translation", record.translation},
      {"outcome", to_string(record.outcome)},
      {"answered", record.outcome == Outcome::kAnswered},
      {"speech_start_ms", record.speech_start.count()},
      {"speech_end_ms", record.speech_end.count()},
      {"audio_start_ms", optional_ms(record.audio_start)},
      {"audio_end_ms", optional_ms(record.audio_end)},
      {"response_lag_ms", optional_ms(record.response_lag())},
      {"stages_ms",
       {{"endpoint", tenths(s.endpoint)},
        {"queue", tenths(s.queue)},
        {"recognition", tenths(s.recognition)},
        {"translation", tenths(s.translation)},
        {"synthesis", tenths(s.synthesis)},
        {"playout", tenths(s.playout)}}},
      {"confidence", std::round(record.confidence * 1000.0) / 1000.0},
  };
  if (!record.error.empty()) json["error"] = record.error;
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string_view to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::kAnswered: return "answered";
    case Outcome::kNoWords: return "no words";
    case Outcome::kUntranslated: return "untranslated";
    case Outcome::kUndelivered: return "undelivered";
  }
  return "undelivered";
}

std::optional<milliseconds> UtteranceRecord::response_lag() const {
  if (!audio_start) return std::nullopt;
  return *audio_start - speech_end;
}

std::string to_json(const UtteranceRecord& record) { return dump(json_of(record)); }

void Ledger::add(std::shared_ptr<LedgerSink> sink) {
  const std::lock_guard lock(mutex_);
  sinks_.push_back(std::move(sink));
}

void Ledger::caption(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_caption(record);
}

void Ledger::utterance(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_utterance(record);
}

void LogSink::on_caption(const UtteranceRecord& record) {
  spdlog::info("[{}] {} {}: \"{}\" → \"{}\"", record.session, record.speaker, to_string(record.pair), record.source,
               record.translation);
}

void LogSink::on_utterance(const UtteranceRecord& record) {
  const StageTimes& s = record.stages;
  const auto lag = record.response_lag();
  spdlog::info(
      "[{}] {} #{} {}: pause {} ms (endpoint {:.0f}, queue {:.0f}, recognition {:.0f}, translation {:.1f}, synthesis "
      "{:.0f}, playout {:.0f}){}{}",
      record.session, record.speaker, record.id, to_string(record.outcome), lag ? fmt::to_string(lag->count()) : "–",
      s.endpoint, s.queue, s.recognition, s.translation, s.synthesis, s.playout, record.error.empty() ? "" : ": ",
      record.error);
}

Result<std::shared_ptr<JsonLinesSink>> JsonLinesSink::open(const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::app);
  if (!stream)
    return fail(ErrorCode::kUnavailable,
                "ledger file {} cannot be opened for writing: check its directory and permissions", file.string());
  return std::shared_ptr<JsonLinesSink>(new JsonLinesSink(file, std::move(stream)));
}

JsonLinesSink::JsonLinesSink(std::filesystem::path file, std::ofstream stream)
    : file_(std::move(file)), stream_(std::move(stream)) {}

void JsonLinesSink::on_caption(const UtteranceRecord& record) { write("caption", record); }

void JsonLinesSink::on_utterance(const UtteranceRecord& record) { write("utterance", record); }

void JsonLinesSink::write(std::string_view event, const UtteranceRecord& record) {
  Json line{{"event", event}};
  line.update(json_of(record));
  stream_.clear();
  stream_ << dump(line) << std::endl;
  if (!stream_ && !failed_)
    spdlog::error("ledger file {} cannot be written (disk full?): lines are being lost, calls go on", file_.string());
  failed_ = !stream_;
}

}  // namespace parley::telemetry
