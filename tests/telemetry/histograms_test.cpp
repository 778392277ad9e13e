// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/histograms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "telemetry/records.h"
#include "telemetry/ring.h"

namespace parley::telemetry {
namespace {

constexpr double kBounds[] = {1.0, 2.0, 4.0};

TEST(Histogram, CountsWhatIsInEachBucket) {
  Histogram histogram(kBounds);
  for (const double value : {0.5, 1.0, 1.5, 3.0, 9.0}) histogram.observe(value);
  EXPECT_THAT(histogram.buckets(), testing::ElementsAre(2, 1, 1, 1));
  EXPECT_EQ(histogram.count(), 5);
  EXPECT_EQ(histogram.sum(), 15.0);
}

TEST(Histogram, EstimatesQuantilesWithinABucket) {
  Histogram histogram(kBounds);
  for (int i = 0; i < 10; ++i) histogram.observe(2.0 + 0.2 * (i + 1));
  EXPECT_NEAR(histogram.quantile(0.5), 3.0, 1e-9);
  EXPECT_NEAR(histogram.quantile(1.0), 4.0, 1e-9);
}

TEST(Histogram, BeyondItsLastBoundIsTheLargestSeen) {
  Histogram histogram(kBounds);
  histogram.observe(0.5);
  histogram.observe(17.0);
  EXPECT_EQ(histogram.quantile(0.95), 17.0);
}

TEST(Histogram, WithoutValuesHasNoQuantile) { EXPECT_EQ(Histogram(kBounds).quantile(0.5), 0.0); }

TEST(Histograms, EachDirectionHasItsOwn) {
  Histograms histograms;
  auto other = answered();
  other.pair = {other.pair.to, other.pair.from};
  histograms.on_utterance(answered());
  histograms.on_utterance(clause_by_clause());
  histograms.on_utterance(other);
  const auto totals = histograms.snapshot();
  ASSERT_EQ(totals.size(), 2);
  EXPECT_EQ(to_string(totals[0].pair), "en→pt");
  EXPECT_EQ(totals[0].utterances(), 2);
  EXPECT_EQ(totals[0].of(Measure::kResponseLag).count(), 2);
  EXPECT_NEAR(totals[0].of(Measure::kResponseLag).sum(), 0.9 + 0.4, 1e-9);
  EXPECT_NEAR(totals[0].of(Measure::kOnsetLag).sum(), 1.9 + 0.8, 1e-9);
  EXPECT_EQ(totals[0].speculations, 2);
  EXPECT_EQ(totals[0].speculations_wasted, 1);
  EXPECT_EQ(totals[0].speculated, 1);
  EXPECT_NEAR(totals[0].stretched_s, 0.24, 1e-9);
  EXPECT_EQ(totals[1].utterances(), 1);
}

TEST(Histograms, WhatWasNotTranslatedHasNoLag) {
  Histograms histograms;
  auto silent = answered();
  silent.source = silent.translation = "";
  silent.outcome = Outcome::kNoWords;
  silent.audio_start.reset();
  auto failed = answered();
  failed.outcome = Outcome::kUntranslated;
  failed.error = "no memory";
  histograms.on_utterance(silent);
  histograms.on_utterance(failed);
  const auto totals = histograms.snapshot();
  ASSERT_EQ(totals.size(), 1);
  EXPECT_EQ(totals[0].outcomes[static_cast<std::size_t>(Outcome::kNoWords)], 1);
  EXPECT_EQ(totals[0].outcomes[static_cast<std::size_t>(Outcome::kUntranslated)], 1);
  EXPECT_EQ(totals[0].of(Measure::kResponseLag).count(), 0);
  EXPECT_EQ(totals[0].of(Measure::kSynthesis).count(), 0);
}

TEST(Histograms, AnAnswerThatCameBeforeTheEndIsNoPause) {
  Histograms histograms;
  auto early = clause_by_clause();
  early.answer_start = early.speech_end - milliseconds(200);
  histograms.on_utterance(early);
  EXPECT_EQ(histograms.snapshot()[0].of(Measure::kResponseLag).sum(), 0.0);
}

TEST(Histograms, SumUpADirectionInALine) {
  Histograms histograms;
  histograms.on_utterance(clause_by_clause());
  const auto summary = histograms.snapshot()[0].summary();
  EXPECT_EQ(summary.find('\n'), std::string::npos);
  EXPECT_THAT(summary, testing::StartsWith("en→pt: 1 utterances (1 answered); p50/p95 ms: pause "));
  EXPECT_THAT(summary, testing::HasSubstr("1 ready at the endpoint, 1 of 2 speculations wasted; 3 partials; 0.2 s"));
}

TEST(Ring, KeepsTheLast) {
  Ring ring(2);
  for (std::uint64_t id = 1; id <= 3; ++id) {
    auto record = answered();
    record.id = id;
    ring.on_caption(record);
    ring.on_utterance(record);
  }
  const auto records = ring.snapshot();
  ASSERT_EQ(records.size(), 2);
  EXPECT_EQ(records[0].id, 2);
  EXPECT_EQ(records[1].id, 3);
}

}  // namespace
}  // namespace parley::telemetry
