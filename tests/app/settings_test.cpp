// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::app {
namespace {

using testing::HasSubstr;

Result<Settings> settings_from(const std::string& text) {
  const auto file = std::filesystem::path(testing::TempDir()) / "settings_test.toml";
  std::ofstream(file) << text;
  return load_settings(file);
}

TEST(Settings, TheDocumentedFileHasEverySettingWithItsDefault) {
  const auto documented =
      load_settings(std::filesystem::path(std::getenv("PARLEY_SOURCE_DIR")) / "docs" / "parley.toml");
  ASSERT_TRUE(documented) << documented.error().message;
  const Settings defaults = default_settings();
  EXPECT_EQ(documented->languages, defaults.languages);
  EXPECT_EQ(documented->external_media.socket, defaults.external_media.socket);
  EXPECT_EQ(documented->external_media.limits.max_legs, defaults.external_media.limits.max_legs);
  EXPECT_EQ(documented->audiosocket.port, defaults.audiosocket.port);
  EXPECT_EQ(documented->endpoint.endpoint_silence, defaults.endpoint.endpoint_silence);
  EXPECT_EQ(documented->endpoint.pre_roll, defaults.endpoint.pre_roll);
  EXPECT_EQ(documented->endpoint.max_utterance, defaults.endpoint.max_utterance);
  EXPECT_EQ(documented->endpoint.start_probability, defaults.endpoint.start_probability);
  EXPECT_EQ(documented->recognition.engines, defaults.recognition.engines);
  EXPECT_EQ(documented->recognition.whisper.threads, defaults.recognition.whisper.threads);
  EXPECT_EQ(documented->synthesis.kokoro.voices, defaults.synthesis.kokoro.voices);
  EXPECT_EQ(documented->synthesis.kokoro.threads, defaults.synthesis.kokoro.threads);
  EXPECT_EQ(documented->synthesis.kokoro.measure_voices, defaults.synthesis.kokoro.measure_voices);
  EXPECT_EQ(documented->synthesis.kokoro.statistics, defaults.synthesis.kokoro.statistics);
  EXPECT_EQ(documented->call.original_gain_db, defaults.call.original_gain_db);
  EXPECT_EQ(documented->endpoint.pause, defaults.endpoint.pause);
  EXPECT_EQ(documented->ledger_partials, defaults.ledger_partials);
  EXPECT_EQ(documented->recognition.stream.cut_after, defaults.recognition.stream.cut_after);
  EXPECT_EQ(documented->recognition.stream.draft, defaults.recognition.stream.draft);
  EXPECT_EQ(documented->recognition.whisper.window, defaults.recognition.whisper.window);
  EXPECT_EQ(documented->call.levelling.on, defaults.call.levelling.on);
  EXPECT_EQ(documented->call.talk_over, defaults.call.talk_over);
  EXPECT_EQ(documented->call.talk_over_gain_db, defaults.call.talk_over_gain_db);
  EXPECT_EQ(documented->call.talk_over_time, defaults.call.talk_over_time);
  const auto& conversation = documented->call.conversation;
  EXPECT_EQ(conversation.partials, defaults.call.conversation.partials);
  EXPECT_EQ(conversation.partial_interval, defaults.call.conversation.partial_interval);
  EXPECT_EQ(conversation.commit.clauses, defaults.call.conversation.commit.clauses);
  EXPECT_EQ(conversation.commit.align_att, defaults.call.conversation.commit.align_att);
  EXPECT_EQ(conversation.commit.masked_words, defaults.call.conversation.commit.masked_words);
  EXPECT_EQ(conversation.smooth_joins, defaults.call.conversation.smooth_joins);
  EXPECT_EQ(conversation.speculate, defaults.call.conversation.speculate);
  EXPECT_EQ(conversation.adaptive_endpoint, defaults.call.conversation.adaptive_endpoint);
  EXPECT_EQ(conversation.complete_silence, defaults.call.conversation.complete_silence);
  EXPECT_EQ(conversation.unclear_silence, defaults.call.conversation.unclear_silence);
  EXPECT_EQ(conversation.open_silence, defaults.call.conversation.open_silence);
  EXPECT_EQ(conversation.stretch, defaults.call.conversation.stretch);
  EXPECT_EQ(conversation.most_stretch, defaults.call.conversation.most_stretch);
  EXPECT_EQ(documented->call.mirror, defaults.call.mirror);
  EXPECT_EQ(documented->call.partner_timeout, defaults.call.partner_timeout);
  EXPECT_EQ(documented->call.return_timeout, defaults.call.return_timeout);
  EXPECT_EQ(documented->call.retry_understanding.first, defaults.call.retry_understanding.first);
  EXPECT_EQ(documented->call.retry_understanding.times, defaults.call.retry_understanding.times);
  EXPECT_EQ(documented->call.backpressure.recognition_lag, defaults.call.backpressure.recognition_lag);
  EXPECT_EQ(documented->call.backpressure.slow_partial_interval, defaults.call.backpressure.slow_partial_interval);
  EXPECT_EQ(documented->call.backpressure.synthesis_lag, defaults.call.backpressure.synthesis_lag);
  EXPECT_EQ(documented->call.backpressure.slow_tempo, defaults.call.backpressure.slow_tempo);
  EXPECT_EQ(documented->call.backpressure.most_phrases, defaults.call.backpressure.most_phrases);
  EXPECT_EQ(documented->call.backpressure.most_utterances, defaults.call.backpressure.most_utterances);
  EXPECT_EQ(documented->supervision.isolate, defaults.supervision.isolate);
  EXPECT_EQ(documented->supervision.spares, defaults.supervision.spares);
  EXPECT_EQ(documented->supervision.limits.recognition, defaults.supervision.limits.recognition);
  EXPECT_EQ(documented->supervision.limits.translation, defaults.supervision.limits.translation);
  EXPECT_EQ(documented->supervision.limits.synthesis, defaults.supervision.limits.synthesis);
  EXPECT_EQ(documented->fallback_synthesizer, defaults.fallback_synthesizer);
  EXPECT_EQ(documented->capacity.calls, defaults.capacity.calls);
  EXPECT_EQ(documented->capacity.cores, defaults.capacity.cores);
  EXPECT_EQ(documented->capacity.share, defaults.capacity.share);
  EXPECT_EQ(documented->capacity.cost, defaults.capacity.cost);
  EXPECT_EQ(documented->capacity.talking, defaults.capacity.talking);
  EXPECT_EQ(documented->http.enabled, defaults.http.enabled);
  EXPECT_EQ(documented->http.address, defaults.http.address);
  EXPECT_EQ(documented->http.port, defaults.http.port);
  EXPECT_EQ(documented->http.allow_remote, defaults.http.allow_remote);
  EXPECT_EQ(documented->http.max_connections, defaults.http.max_connections);
  EXPECT_EQ(documented->log_format, defaults.log_format);
  EXPECT_EQ(documented->log_texts, defaults.log_texts);
}

TEST(Settings, WhatIsLeftOutKeepsItsDefault) {
  const auto settings = settings_from("[call]\noriginal = false\nducked_gain_db = -30\n");
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_FALSE(settings->call.original);
  EXPECT_EQ(settings->call.ducked_gain_db, -30.0F);
  EXPECT_EQ(settings->call.ramp, milliseconds(80));
}

TEST(Settings, EveryMistakeIsReportedWithItsLine) {
  const auto settings =
      settings_from("languages = [\"en\", \"klingon\"]\n[call]\noriginal = 1\nducked_gain_db = 7\nducking = true\n");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(settings.error().message, HasSubstr("\"klingon\" is not a language"));
  EXPECT_THAT(settings.error().message, HasSubstr("line 3: call.original must be true or false"));
  EXPECT_THAT(settings.error().message, HasSubstr("line 4: call.ducked_gain_db must be a number from -60 to 0"));
  EXPECT_THAT(settings.error().message, HasSubstr("line 5: call.ducking is no setting; there are: "));
}

TEST(Settings, TalkingOverHasThreeAnswers) {
  EXPECT_EQ(settings_from("[call]\ntalk_over = \"stop\"\n")->call.talk_over, call::TalkOver::kStop);
  const auto settings = settings_from("[call]\ntalk_over = \"shout\"\n");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("\"duck\" or \"stop\", not \"shout\""));
}

TEST(Settings, ATableThatShouldBeOneIsAMistake) {
  const auto settings = settings_from("call = 3\n");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("line 1: call must be a table, [call]"));
}

TEST(Settings, BrokenTomlIsRefusedWithItsLine) {
  const auto settings = settings_from("[call]\noriginal = tru\n");
  ASSERT_FALSE(settings);
  EXPECT_THAT(settings.error().message, HasSubstr("line 2"));
}

TEST(Settings, AMissingFileIsNotFound) {
  const auto settings = load_settings("/no/such/parley.toml");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace parley::app
