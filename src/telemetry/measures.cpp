// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/measures.h"

#include <algorithm>
#include <ranges>

namespace parley::telemetry {
namespace {

bool was_heard(const UtteranceRecord& record) {
  return record.audio_start.has_value() && record.error.empty() && !record.translation.empty();
}

/// Mean of what there is.
class Mean {
 public:
  void add(std::optional<double> value) {
    if (!value) return;
    sum_ += *value;
    ++count_;
  }
  double value() const { return count_ > 0 ? sum_ / static_cast<double>(count_) : 0.0; }

 private:
  double sum_ = 0.0;
  std::size_t count_ = 0;
};

std::optional<double> chain_latency_ms(const UtteranceRecord& record) {
  if (!was_heard(record)) return std::nullopt;
  const StageTimes& s = record.stages;
  return std::max(0.0, s.queue) + std::max(0.0, s.recognition) + std::max(0.0, s.translation) +
         std::max(0.0, s.synthesis) + std::max(0.0, s.playout);
}

std::optional<double> asr_to_tts_gap_ms(const UtteranceRecord& record) {
  if (!was_heard(record)) return std::nullopt;
  const auto last_text = [&]() -> const StageSpan* {
    for (const StageSpan& span : record.spans | std::views::reverse)
      if (span.stage == Stage::kRecognition && !span.wasted) return &span;
    return nullptr;
  }();
  if (last_text != nullptr) {
    for (const StageSpan& span : record.spans)
      if (span.stage == Stage::kSynthesis && !span.wasted && span.begin >= last_text->end)
        return (span.end - last_text->end).count();
  }
  // All of it was settled before the final text; or its spans were too many to be kept.
  return std::max(0.0, record.stages.translation) + std::max(0.0, record.stages.synthesis);
}

Verdict verdict(const UtteranceRecord& record) {
  if (record.outcome == Outcome::kNoWords) return Verdict::kNoWords;
  if (!record.error.empty()) return Verdict::kFailed;
  const bool served = record.outcome == Outcome::kAnswered || record.outcome == Outcome::kCut ||
                      record.outcome == Outcome::kUndelivered;
  return served ? Verdict::kServed : Verdict::kFailed;
}

}  // namespace

Measures measure(const UtteranceRecord& record) {
  return {.verdict = verdict(record),
          .chain_latency_ms = chain_latency_ms(record),
          .asr_to_tts_gap_ms = asr_to_tts_gap_ms(record)};
}

Averages averages(std::span<const Measures> utterances) {
  Mean chain;
  Mean gap;
  Mean errors;
  Averages result;
  for (const Measures& one : utterances) {
    chain.add(one.chain_latency_ms);
    gap.add(one.asr_to_tts_gap_ms);
    if (one.verdict == Verdict::kNoWords) continue;
    ++result.utterances;
    errors.add(one.verdict == Verdict::kFailed ? 100.0 : 0.0);
  }
  result.chain_latency_ms = chain.value();
  result.asr_to_tts_gap_ms = gap.value();
  result.error_rate_pct = errors.value();
  return result;
}

}  // namespace parley::telemetry
