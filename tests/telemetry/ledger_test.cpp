// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ledger.h"

#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace parley::telemetry {
namespace {

UtteranceRecord answered() {
  UtteranceRecord record;
  record.session = "s1";
  record.id = 3;
  record.pair = {*Language::parse("en"), *Language::parse("pt")};
  record.source = "Good \"morning\"";
  record.translation = "Bom dia";
  record.speech_start = milliseconds(1000);
  record.speech_end = milliseconds(2000);
  record.audio_start = milliseconds(2900);
  record.stages.recognition = 98.76;
  record.outcome = Outcome::kAnswered;
  return record;
}

TEST(Ledger, ResponseLagIsThePauseBetweenSpeechAndItsTranslation) {
  auto record = answered();
  EXPECT_EQ(record.response_lag(), milliseconds(900));
  record.audio_start.reset();
  EXPECT_FALSE(record.response_lag());
}

TEST(Ledger, ARecordBecomesOneLineOfJson) {
  const auto text = to_json(answered());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json["direction"], "en_pt");
  EXPECT_EQ(json["source"], "Good \"morning\"");
  EXPECT_EQ(json["response_lag_ms"], 900);
  EXPECT_EQ(json["stages_ms"]["recognition"], 98.8);
  EXPECT_TRUE(json["audio_end_ms"].is_null());
  EXPECT_TRUE(json["answered"]);
}

TEST(Ledger, BrokenTextDoesNotBreakTheLine) {
  auto record = answered();
  record.source = "caf\xc3";
  EXPECT_TRUE(nlohmann::json::accept(to_json(record)));
}

TEST(JsonLinesSink, AppendsALineAnEvent) {
  const auto file = std::filesystem::path(testing::TempDir()) / "ledger_test.jsonl";
  std::filesystem::remove(file);
  Ledger ledger;
  ledger.add(JsonLinesSink::open(file).value());
  ledger.caption(answered());
  ledger.utterance(answered());
  std::ifstream in(file);
  std::string caption;
  std::string utterance;
  ASSERT_TRUE(std::getline(in, caption) && std::getline(in, utterance));
  EXPECT_EQ(nlohmann::json::parse(caption)["event"], "caption");
  EXPECT_EQ(nlohmann::json::parse(utterance)["event"], "utterance");
}

TEST(JsonLinesSink, AFullDiskIsNoReasonToStop) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  Ledger ledger;
  ledger.add(JsonLinesSink::open("/dev/full").value());
  EXPECT_NO_THROW(ledger.utterance(answered()));
  EXPECT_NO_THROW(ledger.utterance(answered()));
}

TEST(JsonLinesSink, SaysThatAFileCannotBeOpened) {
  const auto sink = JsonLinesSink::open("/no/such/directory/ledger.jsonl");
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace parley::telemetry
