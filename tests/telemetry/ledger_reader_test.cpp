// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger_reader.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/log_line.h"
#include "support/temporary_directory.h"
#include "telemetry/records.h"
#include "telemetry/timestamp.h"

namespace parley::telemetry {
namespace {

std::string line(const UtteranceRecord& record, std::string_view event = "utterance") {
  return to_json(record, event) + "\n";
}

TEST(LedgerReader, ReadsWhatWasWritten) {
  const auto read = parse_ledger_line(to_json(clause_by_clause(), "utterance"));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->event, LedgerEvent::kUtterance);
  EXPECT_EQ(to_json((*read)->record), to_json(clause_by_clause()));
}

TEST(LedgerReader, KeepsTheLatestOfEachUtterance) {
  auto over = clause_by_clause();
  auto caption = over;
  caption.outcome = Outcome::kUndelivered;
  auto open = over;
  open.id = 5;
  const auto file =
      parse_ledger(partial_to_json(over) + "\n" + line(caption, "caption") + line(over) + line(open, "caption"));
  ASSERT_EQ(file.lines.size(), 2);
  EXPECT_EQ(file.lines[0].event, LedgerEvent::kUtterance);
  EXPECT_EQ(file.lines[0].record.outcome, Outcome::kAnswered);
  EXPECT_EQ(file.lines[1].event, LedgerEvent::kCaption);
  EXPECT_EQ(file.skipped_count, 0);
}

TEST(LedgerReader, ReadsWhenItBeganAndHowOftenItWasTriedAgain) {
  auto record = answered();
  record.retries = 2;
  record.outcome = Outcome::kLost;
  record.error = "too late";
  const auto read = parse_ledger_line(to_json(record, "utterance"));
  ASSERT_TRUE(read && *read);
  EXPECT_EQ((*read)->record.begun, record.begun);
  EXPECT_EQ((*read)->record.retries, 2);
  EXPECT_EQ((*read)->record.outcome, Outcome::kLost);
  EXPECT_EQ((*read)->record.error, "too late");
}

TEST(LedgerReader, ABeginningIsKnownUntilThereIsMore) {
  const auto begun = begun_to_json(answered()) + "\n";
  const auto alone = parse_ledger(begun);
  ASSERT_EQ(alone.lines.size(), 1);
  EXPECT_EQ(alone.lines[0].event, LedgerEvent::kBegun);
  const auto over = parse_ledger(begun + line(answered()));
  ASSERT_EQ(over.lines.size(), 1);
  EXPECT_EQ(over.lines[0].event, LedgerEvent::kUtterance);
}

TEST(LedgerReader, TheSameIdAfterARestartIsAnotherUtterance) {
  auto again = answered();
  again.begun += std::chrono::seconds(5);
  EXPECT_EQ(parse_ledger(line(answered()) + line(again)).lines.size(), 2);
}

TEST(Timestamp, OnlyWhatIsOneIsRead) {
  for (const auto* text : {"2026-11-24T17:13:20.123Z", "1970-01-01T00:00:00.000Z", "2000-02-29T23:59:59.999Z"}) {
    const auto at = parse_iso8601(text);
    ASSERT_TRUE(at) << text;
    EXPECT_EQ(iso8601(*at), text);
  }
  for (const auto* text :
       {"", "2026-11-24", "2026-11-24T17:13:20.123+", "2026-13-24T17:13:20.123Z", "2026-02-30T17:13:20.123Z",
        "2026-11-24T24:13:20.123Z", "2026-11-24 17:13:20.123Z", "2026-11-24T17:13:20.12Z ", "-026-11-24T17:13:20.123Z",
        "2026-11-24T17:13: 0.123Z", "9999-12-31T23:59:59.999Z"})
    EXPECT_FALSE(parse_iso8601(text)) << text;
}

TEST(LedgerReader, TheTwoDirectionsOfACallCountForThemselves) {
  auto other = answered();
  std::swap(other.speaker, other.listener);
  EXPECT_EQ(parse_ledger(line(answered()) + line(other)).lines.size(), 2);
}

TEST(LedgerReader, ALineThatWasCutOffIsSkipped) {
  const auto file = parse_ledger(line(answered()) + line(clause_by_clause()).substr(0, 200));
  EXPECT_EQ(file.lines.size(), 1);
  ASSERT_EQ(file.skipped.size(), 1);
  EXPECT_EQ(file.skipped[0].line, 2);
  EXPECT_THAT(file.skipped[0].why, testing::HasSubstr("cut off"));
}

TEST(LedgerReader, EventsThatItDoesNotKnowAreNoMistake) {
  const auto file = parse_ledger("{\"event\":\"call\",\"session\":\"s1\"}\n\n" + line(answered()));
  EXPECT_EQ(file.lines.size(), 1);
  EXPECT_EQ(file.skipped_count, 0);
}

TEST(LedgerReader, ReadsLedgersFromBeforeSpans) {
  const auto file = parse_ledger(
      R"({"event":"utterance","session":"1.0","id":1,"speaker":"b","listener":"a","direction":"en_pt","source":"Hi.","translation":"Oi.",)"
      R"("outcome":"answered","answered":true,"speech_start_ms":1656,"speech_end_ms":3512,"audio_start_ms":4340,"audio_end_ms":6480,)"
      R"("response_lag_ms":828,"stages_ms":{"endpoint":608.0},"confidence":0.924})");
  ASSERT_EQ(file.lines.size(), 1);
  EXPECT_EQ(file.lines[0].record.response_lag(), milliseconds(828));
  EXPECT_EQ(file.lines[0].record.stages.endpoint, 608.0);
}

TEST(LedgerReader, SetsImpossibleTimesRight) {
  const auto read = parse_ledger_line(
      R"({"event":"utterance","id":1,"direction":"en_pt","speech_start_ms":5000,"speech_end_ms":-7,"audio_start_ms":1e300,"partials":1e99,)"
      R"("spans":[{"stage":"playout","begin_ms":9,"end_ms":3,"tempo":-4},{"stage":"dreaming","begin_ms":1},7]})");
  ASSERT_TRUE(read && *read);
  const auto& record = (*read)->record;
  EXPECT_EQ(record.speech_end, record.speech_start);
  ASSERT_EQ(record.spans.size(), 1);
  EXPECT_EQ(record.spans[0].end, record.spans[0].begin);
  EXPECT_GT(record.spans[0].tempo, 0.0);
}

TEST(LedgerReader, ReadsWhatTranslatePrints) {
  const auto file = parse_ledger("{\n  \"in\": \"a.wav\",\n  \"utterances\": [\n" + to_json(answered()) + "\n]\n}\n");
  ASSERT_EQ(file.lines.size(), 1);
  EXPECT_EQ(file.lines[0].record.source, answered().source);
  EXPECT_EQ(file.skipped_count, 0);
}

TEST(LedgerReader, SaysWhatIsWrongWithAFile) {
  const support::TemporaryDirectory directory;
  const auto file = directory.path() / "ledger.jsonl";
  EXPECT_EQ(read_ledger(file).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(read_ledger(directory.path()).error().code, ErrorCode::kInvalid);
  std::ofstream(file) << "Dear diary,\n";
  const auto diary = read_ledger(file);
  ASSERT_FALSE(diary);
  EXPECT_THAT(diary.error().message, testing::HasSubstr("line 1: it is not a JSON object"));
  std::ofstream(file, std::ios::trunc).close();
  const auto empty = read_ledger(file);
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->lines.empty());
}

}  // namespace
}  // namespace parley::telemetry
