// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/interpreter.h"

#include <thread>

#include <gtest/gtest.h>

#include "scripted_engines.h"

namespace parley::call {
namespace {

using telemetry::Outcome;
using telemetry::UtteranceRecord;

struct Collector : telemetry::LedgerSink {
  void on_caption(const UtteranceRecord& record) override { captions.push_back(record); }
  void on_utterance(const UtteranceRecord& record) override { utterances.push_back(record); }
  std::vector<UtteranceRecord> captions;
  std::vector<UtteranceRecord> utterances;
};

class InterpreterTest : public testing::Test {
 protected:
  InterpreterTest() {
    ledger_.add(collector_);
    link_->pair = {*Language::parse("en"), *Language::parse("pt")};
    interpreter_ = std::make_shared<Interpreter>(link_, scripted::engines(script_), executor_, ledger_, config_);
  }
  ~InterpreterTest() override { interpreter_->cancel(); }

  static Utterance utterance(std::int16_t value = 500) {
    return {.samples = std::vector<std::int16_t>(3200, value),
            .speech_end = milliseconds(100),
            .endpoint = milliseconds(700)};
  }

  /// Plays everything, as the media thread and the hearing thread would, until nothing is left to do.
  std::vector<std::int16_t> play_all() {
    std::vector<std::int16_t> played;
    for (int quiet = 0; quiet < 3; ++tick_) {
      audio::Frame frame{};
      const bool any = link_->playout.read(frame, tick_);
      if (any) played.insert(played.end(), frame.begin(), frame.end());
      interpreter_->pump();
      quiet = any || !interpreter_->idle() || executor_.pending() > 0 ? 0 : quiet + 1;
      if (!any) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return played;
  }

  static bool contains(const std::vector<std::int16_t>& sound, std::int16_t value) {
    return std::ranges::find(sound, value) != sound.end();
  }

  scripted::Script script_;
  CallConfig config_;
  telemetry::Ledger ledger_;
  std::shared_ptr<Collector> collector_ = std::make_shared<Collector>();
  std::shared_ptr<Link> link_ = std::make_shared<Link>();
  Executor executor_{2};
  std::shared_ptr<Interpreter> interpreter_;
  std::uint64_t tick_ = 0;
};

TEST_F(InterpreterTest, SpeaksTheTranslationAndWritesTheLedger) {
  interpreter_->add(utterance());
  const auto played = play_all();
  EXPECT_EQ(std::ranges::count(played, 1000), 1600);
  ASSERT_EQ(collector_->captions.size(), 1U);
  EXPECT_EQ(collector_->captions[0].translation, "<good morning>");
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kAnswered);
  EXPECT_EQ(collector_->utterances[0].stages.endpoint, 600.0);
  EXPECT_TRUE(collector_->utterances[0].audio_start);
  EXPECT_TRUE(collector_->utterances[0].audio_end);
}

TEST_F(InterpreterTest, KeepsTheOrderOfManyUtterances) {
  std::atomic<int> number{0};
  script_.recognise = [&](std::size_t) {
    return Result<recognition::Transcript>({.text = "number " + std::to_string(++number)});
  };
  for (int i = 0; i < 20; ++i) interpreter_->add(utterance());
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(collector_->utterances[i].source, "number " + std::to_string(i + 1));
}

TEST_F(InterpreterTest, SpeechWithoutWordsIsNotAnswered) {
  script_.recognise = [](std::size_t) { return recognition::Transcript{}; };
  interpreter_->add(utterance());
  EXPECT_TRUE(play_all().empty());
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kNoWords);
  EXPECT_TRUE(collector_->captions.empty());
}

TEST_F(InterpreterTest, AFailedRecogniserLetsTheOriginalThroughAndSaysSoOnce) {
  script_.recognise = [](std::size_t) -> Result<recognition::Transcript> {
    return fail(ErrorCode::kInternal, "broken");
  };
  interpreter_->add(utterance(501));
  const auto played = play_all();
  EXPECT_TRUE(contains(played, 77)) << "the notice";
  EXPECT_TRUE(contains(played, 501)) << "the speaker's own voice";
  EXPECT_EQ(link_->mode, Mode::kPassThrough);
  interpreter_->add(utterance(502));
  const auto second = play_all();
  EXPECT_FALSE(contains(second, 77));
  EXPECT_FALSE(contains(second, 502)) << "it passed at full level while it was spoken";
  ASSERT_EQ(collector_->utterances.size(), 2U);
  EXPECT_EQ(collector_->utterances[1].outcome, Outcome::kUntranslated);
  EXPECT_EQ(collector_->utterances[1].error, "broken");
}

TEST_F(InterpreterTest, AnEngineThatRecoversIsUsedAgain) {
  script_.translate = [](const std::string&) -> Result<translation::Translation> {
    return fail(ErrorCode::kInternal, "broken");
  };
  interpreter_->add(utterance());
  play_all();
  EXPECT_EQ(link_->mode, Mode::kPassThrough);
  script_.translate = scripted::Script().translate;
  interpreter_->add(utterance());
  play_all();
  EXPECT_EQ(link_->mode, Mode::kTranslated);
  EXPECT_EQ(collector_->utterances.back().outcome, Outcome::kAnswered);
}

TEST_F(InterpreterTest, AnEngineThatThrowsIsAFailedEngine) {
  script_.recognise = [](std::size_t) -> Result<recognition::Transcript> { throw std::bad_alloc(); };
  interpreter_->add(utterance());
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kUntranslated);
}

TEST_F(InterpreterTest, SynthesisThatFailsMidwayGivesTheOriginalInstead) {
  script_.speak = [](const std::string&, int chunk) -> Result<std::vector<std::int16_t>> {
    if (chunk == 0) return std::vector<std::int16_t>(500, 1000);
    return fail(ErrorCode::kInternal, "broken");
  };
  interpreter_->add(utterance(503));
  const auto played = play_all();
  EXPECT_TRUE(contains(played, 1000));
  EXPECT_TRUE(contains(played, 503));
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kUntranslated);
  EXPECT_FALSE(link_->playout.speaking());
}

TEST_F(InterpreterTest, SynthesisWaitsWhileMuchIsStillToBePlayed) {
  script_.speak = [](const std::string&, int chunk) {
    return Result<std::vector<std::int16_t>>(chunk == 0 ? std::vector<std::int16_t>(6 * 16000, 1000)
                                                        : std::vector<std::int16_t>());
  };
  for (int i = 0; i < 8; ++i) interpreter_->add(utterance());
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  interpreter_->pump();
  EXPECT_LE(link_->playout.backlog(), milliseconds(12'000));
  EXPECT_EQ(std::ranges::count(play_all(), 1000), 8 * 6 * 16000) << "held, not lost";
}

TEST_F(InterpreterTest, WhenTheListenerLeavesTheBooksAreClosed) {
  interpreter_->add(utterance());
  while (!interpreter_->idle()) std::this_thread::yield();
  interpreter_->cancel();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kUndelivered);
}

}  // namespace
}  // namespace parley::call
