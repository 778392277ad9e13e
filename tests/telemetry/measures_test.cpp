// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/measures.h"

#include <gtest/gtest.h>

#include "telemetry/records.h"
#include "telemetry/ring.h"

namespace parley::telemetry {
namespace {

UtteranceRecord with_outcome(Outcome outcome, std::string_view error = {}) {
  UtteranceRecord record = answered();
  record.outcome = outcome;
  record.error.append(error);
  if (outcome == Outcome::kNoWords) record.translation.clear();
  return record;
}

TEST(Measures, TheChainIsEveryStageButTheEndpointsWait) {
  EXPECT_NEAR(*measure(answered()).chain_latency_ms, 1 + 98.76 + 4 + 110 + 12, 1e-9);
  EXPECT_EQ(measure(with_outcome(Outcome::kUntranslated, "no engine")).chain_latency_ms, std::nullopt);
}

TEST(Measures, TheGapIsFromTheFinalTextToTheFirstSoundOfItsAnswer) {
  UtteranceRecord record = answered();
  const auto note = [&](Stage stage, double begin, double end, bool wasted = false) {
    record.note(
        {.stage = stage, .begin = MillisF(begin), .end = MillisF(end), .speculative = wasted, .wasted = wasted});
  };
  note(Stage::kRecognition, 1300, 1360);
  note(Stage::kSynthesis, 1400, 1500);
  note(Stage::kRecognition, 2000, 2100);
  note(Stage::kRecognition, 2110, 2120, true);  // Thrown away.
  note(Stage::kSynthesis, 2130, 2140, true);
  note(Stage::kTranslation, 2100, 2105);
  note(Stage::kSynthesis, 2150, 2260);  // It had to wait.
  note(Stage::kSynthesis, 2300, 2400);  // Second phrase.
  EXPECT_EQ(measure(record).asr_to_tts_gap_ms, 160.0);
}

TEST(Measures, WithoutSpansTheGapIsTranslationAndSynthesis) { EXPECT_EQ(measure(answered()).asr_to_tts_gap_ms, 114.0); }

TEST(Measures, WhatIsLostIsAFault) {
  EXPECT_EQ(measure(with_outcome(Outcome::kLost, "parleyd ended")).verdict, Verdict::kFailed);
}

TEST(Measures, OnlyFaultsAreErrors) {
  EXPECT_EQ(measure(with_outcome(Outcome::kAnswered)).verdict, Verdict::kServed);
  EXPECT_EQ(measure(with_outcome(Outcome::kCut)).verdict, Verdict::kServed);
  EXPECT_EQ(measure(with_outcome(Outcome::kUndelivered)).verdict, Verdict::kServed);
  EXPECT_EQ(measure(with_outcome(Outcome::kNoWords)).verdict, Verdict::kNoWords);
  EXPECT_EQ(measure(with_outcome(Outcome::kUntranslated, "no engine")).verdict, Verdict::kFailed);
  EXPECT_EQ(measure(with_outcome(Outcome::kUntranslated)).verdict, Verdict::kFailed);
  EXPECT_EQ(measure(with_outcome(Outcome::kUndelivered, "the synthesiser hangs")).verdict, Verdict::kFailed);
}

TEST(Averages, AreOverWhatTheRingHolds) {
  Ring ring(4);
  EXPECT_EQ(averages(ring.measures()).error_rate_pct, 0.0);
  EXPECT_EQ(averages(ring.measures()).chain_latency_ms, 0.0);
  for (int i = 0; i < 10; ++i) ring.on_utterance(with_outcome(Outcome::kUntranslated, "pushed out"));
  UtteranceRecord slow = answered();
  slow.stages.recognition += 100.0;
  ring.on_utterance(answered());
  ring.on_utterance(slow);
  ring.on_utterance(with_outcome(Outcome::kNoWords));
  ring.on_utterance(with_outcome(Outcome::kUntranslated, "no engine"));
  const Averages means = averages(ring.measures());
  EXPECT_EQ(means.utterances, 3);
  EXPECT_NEAR(means.error_rate_pct, 100.0 / 3.0, 1e-9);
  EXPECT_NEAR(means.chain_latency_ms, 225.76 + 50.0, 1e-9);
  EXPECT_NEAR(means.asr_to_tts_gap_ms, 114.0, 1e-9);
}

}  // namespace
}  // namespace parley::telemetry
