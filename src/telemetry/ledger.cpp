// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger.h"

namespace parley::telemetry {

void Ledger::add(std::shared_ptr<LedgerSink> sink) {
  const std::lock_guard lock(mutex_);
  sinks_.push_back(std::move(sink));
}

void Ledger::begun(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_begun(record);
}

void Ledger::partial(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_partial(record);
}

void Ledger::caption(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_caption(record);
}

void Ledger::utterance(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& sink : sinks_) sink->on_utterance(record);
}

}  // namespace parley::telemetry
