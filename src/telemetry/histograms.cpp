// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/histograms.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <span>

#include <spdlog/spdlog.h>

namespace parley::telemetry {
namespace {

// Seconds. Fine where the targets lie (docs/benchmarks.md), coarse where something is wrong anyway.
constexpr double kLagBounds[] = {0.1, 0.2, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.9, 1.0,
                                 1.2, 1.5, 2.0, 2.5,  3.0, 3.5,  4.0, 5.0,  6.0, 8.0,  10., 15.,  20., 30.};
constexpr double kStageBounds[] = {0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.125,
                                   0.15,  0.175, 0.2,   0.25,  0.3,    0.35, 0.4,   0.5,  0.75, 1.0,  2.0,   5.0};

constexpr std::array<std::string_view, kMeasures> kNames = {"response_lag", "onset_lag", "finish_lag",
                                                            "endpoint",     "queue",     "recognition",
                                                            "translation",  "synthesis", "playout"};

std::span<const double> bounds_of(Measure measure) {
  if (measure <= Measure::kFinishLag) return kLagBounds;
  return kStageBounds;
}

}  // namespace

std::string_view to_string(Measure measure) { return kNames.at(static_cast<std::size_t>(measure)); }

DirectionTotals::DirectionTotals(LanguagePair languages) : pair(std::move(languages)) {
  for (std::size_t i = 0; i < kMeasures; ++i) histograms.emplace_back(bounds_of(static_cast<Measure>(i)));
}

void DirectionTotals::add(const UtteranceRecord& record) {
  const auto observe = [&](Measure measure, double ms) {
    histograms[static_cast<std::size_t>(measure)].observe(std::max(ms, 0.0) / 1000.0);
  };
  const auto lag = [&](Measure measure, std::optional<milliseconds> time) {
    if (time) observe(measure, static_cast<double>(time->count()));
  };
  ++outcomes.at(static_cast<std::size_t>(record.outcome));
  retries += static_cast<std::uint64_t>(std::max(record.retries, 0));
  partials += static_cast<std::uint64_t>(std::max(record.partials, 0));
  speculations += static_cast<std::uint64_t>(std::max(record.speculations, 0));
  speculations_wasted += static_cast<std::uint64_t>(std::max(record.speculations_wasted, 0));
  speculated += record.speculated ? 1 : 0;
  phrases_cut += static_cast<std::uint64_t>(std::max(record.cut, 0));
  stretched_s += record.stretched_ms / 1000.0;

  if (record.translation.empty()) return;
  const StageTimes& stages = record.stages;
  observe(Measure::kEndpoint, stages.endpoint);
  observe(Measure::kQueue, stages.queue);
  observe(Measure::kRecognition, stages.recognition);
  observe(Measure::kTranslation, stages.translation);
  if (!record.audio_start || !record.error.empty()) return;
  observe(Measure::kSynthesis, stages.synthesis);
  observe(Measure::kPlayout, stages.playout);
  lag(Measure::kResponseLag, record.response_lag());
  lag(Measure::kOnsetLag, record.onset_lag());
  if (record.outcome == Outcome::kAnswered) lag(Measure::kFinishLag, record.finish_lag());
}

std::uint64_t DirectionTotals::utterances() const {
  return std::accumulate(outcomes.begin(), outcomes.end(), std::uint64_t{0});
}

std::string DirectionTotals::summary() const {
  std::string text = fmt::format("{}: {} utterances (", to_string(pair), utterances());
  for (std::size_t i = 0, written = 0; i < kOutcomes; ++i) {
    if (outcomes[i] > 0)
      text += fmt::format("{}{} {}", written++ > 0 ? ", " : "", outcomes[i], to_string(static_cast<Outcome>(i)));
  }
  text += "); p50/p95 ms:";
  for (std::size_t i = 0; i < kMeasures; ++i) {
    if (histograms[i].count() == 0) continue;
    text += fmt::format(" {} {:.0f}/{:.0f}", i == 0 ? "pause" : kNames[i], histograms[i].quantile(0.5) * 1000.0,
                        histograms[i].quantile(0.95) * 1000.0);
  }
  fmt::format_to(std::back_inserter(text), "; {} ready at the endpoint, {} of {} speculations wasted; {} partials",
                 speculated, speculations_wasted, speculations, partials);
  if (stretched_s >= 0.05) text += fmt::format("; {:.1f} s stretched away", stretched_s);
  if (retries > 0) text += fmt::format("; {} retries", retries);
  if (phrases_cut > 0) text += fmt::format("; {} phrases cut", phrases_cut);
  return text;
}

void Histograms::on_utterance(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  directions_.try_emplace(record.pair, record.pair).first->second.add(record);
}

std::vector<DirectionTotals> Histograms::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<DirectionTotals> totals;
  for (const auto& [pair, direction] : directions_) totals.push_back(direction);
  return totals;
}

void Histograms::log_summary() const {
  for (const auto& direction : snapshot()) spdlog::info("{}", direction.summary());
}

}  // namespace parley::telemetry
