// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/captured_log.h"
#include "telemetry/records.h"

namespace parley::telemetry {
namespace {

using support::CapturedLog;

TEST(UtteranceRecord, ResponseLagIsThePauseBetweenSpeechAndItsTranslation) {
  auto record = answered();
  EXPECT_EQ(record.response_lag(), milliseconds(900));
  EXPECT_EQ(record.onset_lag(), milliseconds(1900));
  EXPECT_EQ(record.finish_lag(), milliseconds(1700));
  record.audio_start.reset();
  EXPECT_FALSE(record.response_lag());
  EXPECT_FALSE(record.onset_lag());
}

TEST(UtteranceRecord, ThePauseOfSpeechThatIsAnsweredClauseByClauseIsTheLastClauses) {
  EXPECT_EQ(clause_by_clause().response_lag(), milliseconds(400));
  EXPECT_EQ(clause_by_clause().onset_lag(), milliseconds(800));
}

TEST(UtteranceRecord, KeepsSoManySpansAndCountsTheRest) {
  UtteranceRecord record;
  for (std::size_t i = 0; i < UtteranceRecord::kMaxSpans + 7; ++i) record.note({});
  EXPECT_EQ(record.spans.size(), UtteranceRecord::kMaxSpans);
  EXPECT_EQ(record.spans_dropped, 7);
}

TEST(UtteranceRecord, AfterAnEndlessSpeechThereIsRoomForItsAnswer) {
  UtteranceRecord record;
  for (std::size_t i = 0; i < UtteranceRecord::kMaxSpans; ++i) record.note({.stage = Stage::kRecognition});
  record.note({.stage = Stage::kRecognition, .speculative = true});
  record.note({.stage = Stage::kPlayout});
  EXPECT_EQ(record.spans.size(), UtteranceRecord::kMaxPartialSpans + 2);
  EXPECT_EQ(record.spans.back().stage, Stage::kPlayout);
}

TEST(UtteranceRecord, BecomesOneLineOfJson) {
  const auto text = to_json(answered());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["direction"], "en_pt");
  EXPECT_EQ(json["source"], "Good \"morning\"");
  EXPECT_EQ(json["response_lag_ms"], 900);
  EXPECT_EQ(json["answer_start_ms"], 2900);
  EXPECT_EQ(json["stages_ms"]["recognition"], 98.8);
  EXPECT_TRUE(json["answered"]);
  EXPECT_TRUE(json["spans"].empty());
}

TEST(UtteranceRecord, ItsLineHasEveryStage) {
  const auto json = nlohmann::json::parse(to_json(clause_by_clause()));
  EXPECT_EQ(json["speculations_wasted"], 1);
  EXPECT_TRUE(json["speculated"]);
  EXPECT_EQ(json["stretched_ms"], 240);
  ASSERT_EQ(json["spans"].size(), 5);
  const auto plain =
      nlohmann::json::parse(R"({"stage": "recognition", "begin_ms": 1300.0, "end_ms": 1360.3, "text": "Good"})");
  EXPECT_EQ(json["spans"][0], plain) << "what is as usual is left out";
  EXPECT_TRUE(json["spans"][2]["wasted"]);
  EXPECT_EQ(json["spans"][4]["tempo"], 1.2);
}

TEST(UtteranceRecord, BrokenTextDoesNotBreakTheLine) {
  auto record = answered();
  record.source = "caf\xc3";
  EXPECT_TRUE(nlohmann::json::accept(to_json(record)));
}

TEST(UtteranceRecord, ItsBeginningIsAShortLine) {
  const auto line = begun_to_json(answered());
  EXPECT_LT(line.size(), 200);
  const auto json = nlohmann::json::parse(line);
  EXPECT_EQ(json["event"], "begun");
  EXPECT_EQ(json["speaker"], "a");
  EXPECT_EQ(json["speech_start_ms"], 1000);
  EXPECT_EQ(json["begun"], nlohmann::json::parse(to_json(answered()))["begun"]);
}

TEST(Ledger, PassesBeginningsOn) {
  struct Sink : LedgerSink {
    void on_begun(const UtteranceRecord& record) override { begun.push_back(record.id); }
    void on_caption(const UtteranceRecord&) override {}
    void on_utterance(const UtteranceRecord&) override {}
    std::vector<std::uint64_t> begun;
  };
  const auto sink = std::make_shared<Sink>();
  Ledger ledger;
  ledger.add(sink);
  ledger.begun(answered());
  EXPECT_EQ(sink->begun, std::vector<std::uint64_t>{3});
}

TEST(LogSink, KeepsWhatWasSaidToItselfUnlessAsked) {
  const CapturedLog log;
  LogSink().on_caption(answered());
  EXPECT_EQ(log.text(), "[s1] a #3 en→pt: 2 words → 2 words\n");
  LogSink(LoggedTexts::kWritten).on_caption(answered());
  EXPECT_THAT(log.text(), testing::EndsWith("[s1] a #3 en→pt: \"Good \"morning\"\" → \"Bom dia\"\n"));
}

TEST(LogSink, SaysWhatThePauseWasMadeOf) {
  const CapturedLog log;
  LogSink().on_utterance(answered());
  EXPECT_EQ(log.text(),
            "[s1] a #3 answered: pause 900 ms (endpoint 300, queue 1, recognition 99, translation 4.0, synthesis 110, "
            "playout 12)\n");
}

TEST(LogSink, SaysWhatWasDoneWhileSomebodySpoke) {
  const CapturedLog log;
  LogSink().on_utterance(clause_by_clause());
  EXPECT_THAT(log.text(), testing::HasSubstr("pause 400 ms"));
  EXPECT_THAT(log.text(), testing::HasSubstr(", onset 800 ms, 3 partials, 1 of 2 clauses settled before the end, ready "
                                             "in time (1 of 2 speculations wasted), 0.2 s stretched away\n"));
}

}  // namespace
}  // namespace parley::telemetry
