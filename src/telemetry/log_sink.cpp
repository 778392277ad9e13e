// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iterator>

#include <spdlog/spdlog.h>

#include "telemetry/ledger.h"

namespace parley::telemetry {
namespace {

/// ", 2 of 3 clauses said before the end", where some were.
std::string early_commits(const UtteranceRecord& record) {
  const auto commits = std::ranges::count(record.spans, Stage::kCommit, &StageSpan::stage);
  const auto early = std::ranges::count_if(record.spans, [&](const StageSpan& span) {
    return span.stage == Stage::kCommit && span.begin < record.speech_end;
  });
  return early > 0 ? fmt::format(", {} of {} clauses settled before the end", early, commits) : "";
}

/// What was done beyond waiting for the end and answering: nothing of it where nothing was.
std::string extras(const UtteranceRecord& record) {
  std::string text;
  auto out = std::back_inserter(text);
  if (const auto onset = record.onset_lag(); onset && record.audio_start < record.speech_end)
    fmt::format_to(out, ", onset {} ms", onset->count());
  if (record.partials > 0) fmt::format_to(out, ", {} partials", record.partials);
  text += early_commits(record);
  if (record.speculations > 0)
    fmt::format_to(out, ", {} ({} of {} speculations wasted)",
                   record.speculated ? "ready in time" : "not ready in time", record.speculations_wasted,
                   record.speculations);
  if (record.stretched_ms >= 50.0) fmt::format_to(out, ", {:.1f} s stretched away", record.stretched_ms / 1000.0);
  if (record.retries > 0) fmt::format_to(out, ", {} retries", record.retries);
  if (record.cut > 0) fmt::format_to(out, ", {} phrases cut", record.cut);
  return text;
}

std::size_t words_of(std::string_view text) {
  std::size_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n';
    words += !blank && !inside ? 1U : 0U;
    inside = !blank;
  }
  return words;
}

}  // namespace

void LogSink::on_caption(const UtteranceRecord& record) {
  const auto shown = [this](const std::string& text) {
    return texts_ == LoggedTexts::kWritten ? fmt::format("\"{}\"", text) : fmt::format("{} words", words_of(text));
  };
  spdlog::info("[{}] {} #{} {}: {} → {}", record.session, record.speaker, record.id, to_string(record.pair),
               shown(record.source), shown(record.translation));
}

void LogSink::on_utterance(const UtteranceRecord& record) {
  const StageTimes& s = record.stages;
  const auto lag = record.response_lag();
  spdlog::info(
      "[{}] {} #{} {}: pause {} ms (endpoint {:.0f}, queue {:.0f}, recognition {:.0f}, translation {:.1f}, synthesis "
      "{:.0f}, playout {:.0f}){}{}{}",
      record.session, record.speaker, record.id, to_string(record.outcome), lag ? fmt::to_string(lag->count()) : "–",
      s.endpoint, s.queue, s.recognition, s.translation, s.synthesis, s.playout, extras(record),
      record.error.empty() ? "" : ": ", record.error);
}

}  // namespace parley::telemetry
