// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "telemetry/histogram.h"
#include "telemetry/ledger.h"

namespace parley::telemetry {

/// What is measured of every utterance, in seconds.
enum class Measure : std::uint8_t {
  kResponseLag,
  kOnsetLag,
  kFinishLag,
  kEndpoint,
  kQueue,
  kRecognition,
  kTranslation,
  kSynthesis,
  kPlayout,
};
inline constexpr std::size_t kMeasures = 9;

/// "response_lag", "onset_lag", "finish_lag", "endpoint" …: names for metrics.
std::string_view to_string(Measure measure);

/// What was heard in one direction since the process began.
struct DirectionTotals {
  explicit DirectionTotals(LanguagePair languages);

  LanguagePair pair;
  std::vector<Histogram> histograms;  ///< Indexed by Measure. Lags below 0 (heard before the speaker ended) count as 0.
  std::array<std::uint64_t, kOutcomes> outcomes{};  ///< Utterances, indexed by Outcome.
  std::uint64_t retries = 0;
  std::uint64_t partials = 0;
  std::uint64_t speculations = 0;
  std::uint64_t speculations_wasted = 0;
  std::uint64_t speculated = 0;  ///< Utterances whose answer was ready before the endpoint.
  std::uint64_t phrases_cut = 0;
  double stretched_s = 0.0;  ///< How much shorter playout became by its tempo, longer ones taken off.

  void add(const UtteranceRecord& record);

  std::uint64_t utterances() const;
  const Histogram& of(Measure measure) const { return histograms[static_cast<std::size_t>(measure)]; }

  /// One line for a log: counts, the lags' and stages' p50 and p95, what speculation won and wasted.
  std::string summary() const;
};

/// Histograms of every lag and stage, and counters, a set for each direction. Of an utterance that was not translated
/// only the stages that it went through count; the original voice in place of a translation has no lag. Any thread.
class Histograms : public LedgerSink {
 public:
  void on_caption(const UtteranceRecord& /*record*/) override {}
  void on_utterance(const UtteranceRecord& record) override;

  /// In the order of their languages' codes.
  std::vector<DirectionTotals> snapshot() const;

  /// Logs a summary line for each direction in which somebody spoke.
  void log_summary() const;

 private:
  mutable std::mutex mutex_;
  std::map<LanguagePair, DirectionTotals> directions_;
};

}  // namespace parley::telemetry
