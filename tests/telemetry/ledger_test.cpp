// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger.h"

#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "support/temporary_directory.h"
#include "telemetry/records.h"

namespace parley::telemetry {
namespace {

/// What is logged while it lives.
class CapturedLog {
 public:
  CapturedLog() : before_(spdlog::default_logger()) {
    auto logger = std::make_shared<spdlog::logger>("captured", std::make_shared<spdlog::sinks::ostream_sink_st>(text_));
    logger->set_pattern("%v");
    spdlog::set_default_logger(logger);
  }
  ~CapturedLog() { spdlog::set_default_logger(before_); }
  std::string text() const { return text_.str(); }

 private:
  std::shared_ptr<spdlog::logger> before_;
  std::ostringstream text_;
};

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

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

TEST(JsonLinesSink, AppendsALineAnEvent) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "ledger.jsonl";
  {
    Ledger ledger;
    ledger.add(JsonLinesSink::open(file).value());
    ledger.partial(answered());
    ledger.caption(answered());
    ledger.utterance(answered());
  }
  const auto lines = lines_of(file);
  ASSERT_EQ(lines.size(), 2) << "captions that may still change are left out where nobody asked for them";
  EXPECT_TRUE(lines[0].starts_with(R"({"event":"caption",)"));
  EXPECT_TRUE(lines[1].starts_with(R"({"event":"utterance",)"));
}

TEST(JsonLinesSink, WritesSmallLinesForCaptionsThatMayStillChange) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "ledger.jsonl";
  Ledger ledger;
  ledger.add(JsonLinesSink::open(file, Partials::kWritten).value());
  ledger.partial(clause_by_clause());
  const auto lines = lines_of(file);
  ASSERT_EQ(lines.size(), 1);
  const auto json = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(json["event"], "partial");
  EXPECT_EQ(json["translation"], "Bom dia");
  EXPECT_FALSE(json.contains("spans"));
}

TEST(JsonLinesSink, AFullDiskIsReportedOnceAndNoReasonToStop) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const CapturedLog log;
  Ledger ledger;
  ledger.add(JsonLinesSink::open("/dev/full").value());
  EXPECT_NO_THROW(ledger.utterance(answered()));
  EXPECT_NO_THROW(ledger.utterance(answered()));
  const auto first = log.text().find("cannot be written");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.text().find("cannot be written", first + 1), std::string::npos);
}

TEST(JsonLinesSink, SaysThatAFileCannotBeOpened) {
  const auto sink = JsonLinesSink::open("/no/such/directory/ledger.jsonl");
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().code, ErrorCode::kUnavailable);
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
