// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>

#include <nlohmann/json.hpp>

#include "base/log_line.h"
#include "telemetry/utterance_record.h"

namespace parley::telemetry {
namespace {

using Json = nlohmann::ordered_json;

double tenths(double ms) { return std::round(ms * 10.0) / 10.0; }
double thousandths(double value) { return std::round(value * 1000.0) / 1000.0; }

Json optional_ms(const std::optional<milliseconds>& time) { return time ? Json(time->count()) : Json(nullptr); }

std::string direction(const LanguagePair& pair) { return fmt::format("{}_{}", pair.from.code(), pair.to.code()); }

/// What is as usual is left out: most lines consist of spans.
Json json_of(const StageSpan& span) {
  Json json{
      {"stage", to_string(span.stage)}, {"begin_ms", tenths(span.begin.count())}, {"end_ms", tenths(span.end.count())}};
  if (span.speculative) json["speculative"] = true;
  if (span.wasted) json["wasted"] = true;
  if (span.tempo != 1.0) json["tempo"] = thousandths(span.tempo);
  if (!span.text.empty()) json["text"] = span.text;
  return json;
}

Json json_of(const StageTimes& stages) {
  return {{"endpoint", tenths(stages.endpoint)},       {"queue", tenths(stages.queue)},
          {"recognition", tenths(stages.recognition)}, {"translation", tenths(stages.translation)},
          {"synthesis", tenths(stages.synthesis)},     {"playout", tenths(stages.playout)}};
}

/// Whose it is.
Json identity(const UtteranceRecord& record) {
  return {{"session", record.session},      {"id", record.id},
          {"speaker", record.speaker},      {"listener", record.listener},
          {"begun", iso8601(record.begun)}, {"direction", direction(record.pair)}};
}

Json json_of(const UtteranceRecord& record) {
  Json spans = Json::array();
  for (const auto& span : record.spans) spans.push_back(json_of(span));
  Json json = identity(record);
  json.update(Json{
      {"source", record.source},
      {"translation", record.translation},
      {"outcome", to_string(record.outcome)},
      {"answered", record.outcome == Outcome::kAnswered},
      {"speech_start_ms", record.speech_start.count()},
      {"speech_end_ms", record.speech_end.count()},
      {"audio_start_ms", optional_ms(record.audio_start)},
      {"answer_start_ms", optional_ms(record.answer_start ? record.answer_start : record.audio_start)},
      {"audio_end_ms", optional_ms(record.audio_end)},
      {"response_lag_ms", optional_ms(record.response_lag())},
      {"onset_lag_ms", optional_ms(record.onset_lag())},
      {"finish_lag_ms", optional_ms(record.finish_lag())},
      {"stages_ms", json_of(record.stages)},
      {"confidence", thousandths(record.confidence)},
      {"partials", record.partials},
      {"speculations", record.speculations},
      {"speculations_wasted", record.speculations_wasted},
      {"speculated", record.speculated},
      {"stretched_ms", tenths(record.stretched_ms)},
      {"cut", record.cut},
      {"retries", record.retries},
      {"spans", std::move(spans)},
      {"spans_dropped", record.spans_dropped},
  });
  if (!record.error.empty()) json["error"] = record.error;
  return json;
}

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

}  // namespace

std::string to_json(const UtteranceRecord& record) { return dump(json_of(record)); }

std::string to_json(const UtteranceRecord& record, std::string_view event) {
  Json line{{"event", event}};
  line.update(json_of(record));
  return dump(line);
}

std::string begun_to_json(const UtteranceRecord& record) {
  Json line{{"event", "begun"}};
  line.update(identity(record));
  line["speech_start_ms"] = record.speech_start.count();
  return dump(line);
}

std::string partial_to_json(const UtteranceRecord& record) {
  Json line{{"event", "partial"}};
  line.update(identity(record));
  line.update(Json{{"source", record.source},
                   {"translation", record.translation},
                   {"speech_start_ms", record.speech_start.count()}});
  return dump(line);
}

}  // namespace parley::telemetry
