// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/utterance_record.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace parley::telemetry {
namespace {

constexpr std::array<std::string_view, kOutcomes> kOutcomeNames = {"answered",    "no words", "untranslated",
                                                                   "undelivered", "cut",      "lost"};
constexpr std::array<std::string_view, kStages> kStageNames = {"speech",      "endpoint", "queue",     "recognition",
                                                               "translation", "commit",   "synthesis", "playout"};

/// The enumerator whose name it is.
template <typename Enum>
std::optional<Enum> parse(std::span<const std::string_view> names, std::string_view text) {
  const auto found = std::ranges::find(names, text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Enum>(found - names.begin());
}

}  // namespace

std::string_view to_string(Outcome outcome) { return kOutcomeNames.at(static_cast<std::size_t>(outcome)); }

std::string_view to_string(Stage stage) { return kStageNames.at(static_cast<std::size_t>(stage)); }

std::optional<Outcome> parse_outcome(std::string_view text) { return parse<Outcome>(kOutcomeNames, text); }

std::optional<Stage> parse_stage(std::string_view text) { return parse<Stage>(kStageNames, text); }

void UtteranceRecord::note(StageSpan span) {
  const bool of_partial = !span.speculative && (span.stage == Stage::kRecognition || span.stage == Stage::kTranslation);
  if (spans.size() < (of_partial ? kMaxPartialSpans : kMaxSpans)) {
    spans.push_back(std::move(span));
  } else {
    ++spans_dropped;
  }
}

std::optional<milliseconds> UtteranceRecord::response_lag() const {
  if (!audio_start) return std::nullopt;
  return answer_start.value_or(*audio_start) - speech_end;
}

std::optional<milliseconds> UtteranceRecord::onset_lag() const {
  if (!audio_start) return std::nullopt;
  return *audio_start - speech_start;
}

std::optional<milliseconds> UtteranceRecord::finish_lag() const {
  if (!audio_end) return std::nullopt;
  return *audio_end - speech_end;
}

}  // namespace parley::telemetry
