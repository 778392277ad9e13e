// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/spdlog.h>

#include "telemetry/ledger.h"

namespace parley::telemetry {

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

}  // namespace parley::telemetry
