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
  void on_begun(const UtteranceRecord& record) override { begun.push_back(record); }
  void on_partial(const UtteranceRecord& record) override { partials.push_back(record); }
  void on_caption(const UtteranceRecord& record) override { captions.push_back(record); }
  void on_utterance(const UtteranceRecord& record) override { utterances.push_back(record); }
  std::vector<UtteranceRecord> begun;
  std::vector<UtteranceRecord> partials;
  std::vector<UtteranceRecord> captions;
  std::vector<UtteranceRecord> utterances;
};

class InterpreterTest : public testing::Test {
 protected:
  InterpreterTest() {
    world_.ledger.add(collector_);
    link_->pair = {*Language::parse("en"), *Language::parse("pt")};
    interpreter_ = Interpreter::make(link_, world_.services());
  }
  ~InterpreterTest() override { interpreter_->cancel(); }

  /// The speaker begins and says so much of this.
  void begin(std::int16_t value = 500, std::size_t samples = 3200) {
    interpreter_->begin(milliseconds(0));
    interpreter_->hear(std::vector<std::int16_t>(samples, value), true);
  }

  void end() { interpreter_->end({.speech_end = milliseconds(100), .endpoint = milliseconds(700)}); }

  void utter(std::int16_t value = 500) {
    begin(value);
    end();
  }

  /// Until all that can be worked out is.
  void settle() {
    for (int quiet = 0; quiet<5; quiet = executor_.pending()> 0 ? 0 : quiet + 1)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
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

  /// 100 ms, but for the ramps at its ends.
  static bool is_one_phrase(const std::vector<std::int16_t>& sound) {
    const auto count = std::ranges::count(sound, 1000);
    return count > 1300 && count <= 1600;
  }

  static bool contains(const std::vector<std::int16_t>& sound, std::int16_t value) {
    return std::ranges::count(sound, value) > 20;  // A fade passes every value.
  }

  scripted::Script script_;
  scripted::World world_{script_, 2};
  CallConfig& config_ = world_.config;
  Executor& executor_ = world_.executor;
  std::shared_ptr<Collector> collector_ = std::make_shared<Collector>();
  std::shared_ptr<Link> link_ = std::make_shared<Link>();
  std::shared_ptr<Interpreter> interpreter_;
  std::uint64_t tick_ = 0;
};

TEST_F(InterpreterTest, SpeaksTheTranslationAndWritesTheLedger) {
  utter();
  const auto played = play_all();
  EXPECT_TRUE(is_one_phrase(played));
  ASSERT_EQ(collector_->captions.size(), 1U);
  EXPECT_EQ(collector_->captions[0].translation, "<good morning>");
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kAnswered);
  EXPECT_EQ(collector_->utterances[0].stages.endpoint, 600.0);
  EXPECT_TRUE(collector_->utterances[0].audio_start);
  EXPECT_TRUE(collector_->utterances[0].audio_end);
}

TEST_F(InterpreterTest, KeepsTheOrderOfManyUtterances) {
  config_.backpressure.most_utterances = 20;
  std::atomic<int> number{0};
  script_.recognise = [&](std::size_t) {
    return Result<recognition::Transcript>({.text = "number " + std::to_string(++number)});
  };
  for (int i = 0; i < 20; ++i) utter();
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 20U);
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(collector_->utterances[i].source, "number " + std::to_string(i + 1));
}

TEST_F(InterpreterTest, SpeechWithoutWordsIsNotAnswered) {
  script_.recognise = [](std::size_t) { return recognition::Transcript{}; };
  utter();
  EXPECT_TRUE(play_all().empty());
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kNoWords);
  EXPECT_TRUE(collector_->captions.empty());
}

TEST_F(InterpreterTest, AFailedRecogniserLetsTheOriginalThroughAndSaysSoOnce) {
  script_.recognise = [](std::size_t) -> Result<recognition::Transcript> {
    return fail(ErrorCode::kInternal, "broken");
  };
  utter(501);
  const auto played = play_all();
  EXPECT_TRUE(contains(played, 77)) << "the notice";
  EXPECT_TRUE(contains(played, 501)) << "the speaker's own voice";
  EXPECT_EQ(link_->mode, Mode::kPassThrough);
  utter(502);
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
  utter();
  play_all();
  EXPECT_EQ(link_->mode, Mode::kPassThrough);
  script_.translate = scripted::Script().translate;
  utter();
  play_all();
  EXPECT_EQ(link_->mode, Mode::kTranslated);
  EXPECT_EQ(collector_->utterances.back().outcome, Outcome::kAnswered);
}

TEST_F(InterpreterTest, WhenTheTranslationIsBackTheListenerIsToldThatToo) {
  script_.translate = [](const std::string&) -> Result<translation::Translation> {
    return fail(ErrorCode::kInternal, "broken");
  };
  utter();
  EXPECT_TRUE(contains(play_all(), 77));
  script_.translate = scripted::Script().translate;
  utter();
  const auto played = play_all();
  EXPECT_TRUE(contains(played, 88)) << "the notice";
  EXPECT_FALSE(contains(played, 77));
  utter();
  EXPECT_FALSE(contains(play_all(), 88)) << "once";
}

TEST_F(InterpreterTest, AFailureThatPassesCostsOnlyTime) {
  std::atomic<int> run{0};
  script_.translate = [&](const std::string& source) -> Result<translation::Translation> {
    if (++run <= 3) return fail(ErrorCode::kUnavailable, "not there");
    return translation::Translation{.text = "<" + source + ">"};
  };
  utter();
  const auto played = play_all();
  EXPECT_TRUE(is_one_phrase(played));
  EXPECT_FALSE(contains(played, 77)) << "it was not worth telling";
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kAnswered);
  EXPECT_EQ(collector_->utterances[0].retries, 3);
  EXPECT_EQ(world_.health.snapshot().actions.at({"translation", "retry"}), 3U);
  EXPECT_EQ(world_.health.snapshot().actions.at({"translation", "heal"}), 1U);
}

TEST_F(InterpreterTest, TheNextEngineOfTheChainTakesOver) {
  script_.recognise = [](std::size_t) -> Result<recognition::Transcript> {
    return fail(ErrorCode::kInternal, "broken");
  };
  scripted::Script other;
  world_.engines->recognizers[link_->pair.from].push_back(std::make_shared<scripted::ScriptedRecognizer>(other));
  utter();
  EXPECT_TRUE(is_one_phrase(play_all()));
  EXPECT_EQ(collector_->utterances.at(0).outcome, Outcome::kAnswered);
  EXPECT_EQ(world_.health.snapshot().actions.at({"recognition", "next engine"}), 1U);
}

TEST_F(InterpreterTest, AnotherVoiceGoesOnWhereTheFirstBrokeOff) {
  script_.speak = [](const std::string&, int chunk) -> Result<std::vector<std::int16_t>> {
    if (chunk == 0) return std::vector<std::int16_t>(600, 1000);
    return fail(ErrorCode::kInternal, "broken");
  };
  scripted::Script other;
  world_.engines->synthesizers.push_back(std::make_shared<scripted::ScriptedSynthesizer>(other));
  utter();
  const auto played = play_all();
  EXPECT_TRUE(is_one_phrase(played)) << "nothing twice, nothing left out: " << std::ranges::count(played, 1000);
  EXPECT_EQ(collector_->utterances.at(0).outcome, Outcome::kAnswered);
}

TEST_F(InterpreterTest, WhenSpeechComesLateWhatThereIsIsPlayedSlower) {
  config_.backpressure.synthesis_lag = milliseconds(40);
  std::atomic<bool> go{false};
  script_.speak = [&](const std::string&, int chunk) -> Result<std::vector<std::int16_t>> {
    while (chunk == 1 && !go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return std::vector<std::int16_t>(chunk < 2 ? 1600 : 0, 1000);
  };
  interpreter_->cancel();
  interpreter_ = Interpreter::make(link_, world_.services());
  utter();
  for (int i = 0; i < 200 && link_->playout.tempo() >= 1.0F; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    interpreter_->pump();
  }
  EXPECT_EQ(link_->playout.tempo(), config_.backpressure.slow_tempo);
  EXPECT_EQ(world_.health.snapshot().actions.at({"synthesis", "slow playout"}), 1U);
  go = true;
  play_all();
}

TEST_F(InterpreterTest, WhenNoCoreIsFreeHypothesesAreAskedForLessOften) {
  config_.backpressure.recognition_lag = milliseconds(20);
  interpreter_->cancel();
  interpreter_ = Interpreter::make(link_, world_.services());
  std::atomic<bool> go{false};
  for (int i = 0; i < 2; ++i) {
    executor_.submit(Priority::kNextPiece, [&] {
      while (!go) std::this_thread::yield();
    });
  }
  begin(500, 16000);
  interpreter_->pump();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  go = true;
  settle();
  EXPECT_EQ(world_.health.snapshot().actions.at({"recognition", "pause"}), 1U);
  interpreter_->hear(std::vector<std::int16_t>(8000, 500), true);
  interpreter_->pump();
  settle();
  end();
  play_all();
  EXPECT_EQ(collector_->utterances.at(0).partials, 1) << "half a second more is too little now";
}

TEST_F(InterpreterTest, UtterancesThatWaitForeverAreDroppedAndTheLedgerSaysWhy) {
  std::atomic<bool> go{false};
  script_.recognise = [&](std::size_t) {
    while (!go) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return Result<recognition::Transcript>({.text = "good morning"});
  };
  const std::size_t most = config_.backpressure.most_utterances;
  utter();
  while (executor_.pending() == 0) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  for (std::size_t i = 0; i < most + 3; ++i) utter();
  go = true;
  play_all();
  EXPECT_EQ(collector_->utterances.size(), most + 4) << "nothing is lost silently";
  EXPECT_EQ(std::ranges::count(collector_->utterances, Outcome::kLost, &UtteranceRecord::outcome), 3);
  EXPECT_EQ(world_.stats.dropped[static_cast<std::size_t>(telemetry::Queue::kTranslation)], 3U);
}

TEST_F(InterpreterTest, ADeafEarLeavesTheOriginalUntilItHearsAgain) {
  begin(504);
  interpreter_->deafen("the detector fails");
  end();
  play_all();
  EXPECT_EQ(link_->mode, Mode::kPassThrough) << "also when what was heard until then is answered";
  EXPECT_EQ(collector_->utterances.at(0).outcome, Outcome::kAnswered);
  interpreter_->hear_again();
  EXPECT_EQ(link_->mode, Mode::kTranslated);
}

TEST_F(InterpreterTest, EveryUtteranceThatBeginsIsTold) {
  utter();
  utter();
  play_all();
  EXPECT_EQ(collector_->begun.size(), 2U);
}

TEST_F(InterpreterTest, AnEngineThatThrowsIsAFailedEngine) {
  script_.recognise = [](std::size_t) -> Result<recognition::Transcript> { throw std::bad_alloc(); };
  utter();
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kUntranslated);
}

TEST_F(InterpreterTest, SynthesisThatFailsMidwayGivesTheOriginalInstead) {
  script_.speak = [](const std::string&, int chunk) -> Result<std::vector<std::int16_t>> {
    if (chunk == 0) return std::vector<std::int16_t>(500, 1000);
    return fail(ErrorCode::kInternal, "broken");
  };
  utter(503);
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
  config_.conversation.stretch = false;
  for (int i = 0; i < 8; ++i) utter();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  interpreter_->pump();
  EXPECT_LE(link_->playout.backlog(), milliseconds(12'000));
  EXPECT_GT(std::ranges::count(play_all(), 1000), 8 * 6 * 16000 - 8 * 320) << "held, not lost";
}

TEST_F(InterpreterTest, TheAnswerIsReadyBeforeTheEndAndHeldBack) {
  begin();
  interpreter_->pause();
  settle();
  interpreter_->pump();
  EXPECT_EQ(link_->playout.backlog(), milliseconds(0)) << "the speaker may go on";
  end();
  EXPECT_EQ(link_->playout.backlog(), milliseconds(100)) << "at once";
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  const auto& record = collector_->utterances[0];
  EXPECT_EQ(record.outcome, Outcome::kAnswered);
  EXPECT_TRUE(record.speculated);
  EXPECT_EQ(record.speculations, 1);
  EXPECT_EQ(record.speculations_wasted, 0);
}

TEST_F(InterpreterTest, WhoGoesOnIsNotAnswered) {
  std::atomic<int> run{0};
  script_.recognise = [&](std::size_t) {
    return Result<recognition::Transcript>({.text = ++run == 1 ? "good" : "good morning"});
  };
  begin();
  interpreter_->pause();
  settle();
  interpreter_->resume();
  interpreter_->hear(std::vector<std::int16_t>(3200, 500), true);
  interpreter_->pause();
  settle();
  end();
  const auto played = play_all();
  EXPECT_TRUE(is_one_phrase(played)) << "one answer";
  ASSERT_EQ(collector_->utterances.size(), 1U);
  const auto& record = collector_->utterances[0];
  EXPECT_EQ(record.source, "good morning");
  EXPECT_EQ(record.speculations, 2);
  EXPECT_EQ(record.speculations_wasted, 1);
  using telemetry::StageSpan;
  EXPECT_GE(std::ranges::count_if(record.spans, &StageSpan::wasted), 2) << "recognition and translation at least";
}

TEST_F(InterpreterTest, AWholeSentenceIsSaidWhenTheSpeakerGoesOn) {
  std::atomic<int> run{0};
  script_.recognise = [&](std::size_t) {
    return Result<recognition::Transcript>(
        {.text = ++run == 1 ? "This is a whole sentence." : "This is a whole sentence. And so is this one here."});
  };
  begin();
  interpreter_->pause();
  settle();
  EXPECT_EQ(link_->playout.backlog(), milliseconds(0));
  interpreter_->resume();
  EXPECT_GT(link_->playout.backlog(), milliseconds(0)) << "not wasted";
  interpreter_->hear(std::vector<std::int16_t>(3200, 500), true);
  end();
  const auto played = play_all();
  EXPECT_GT(std::ranges::count(played, 1000), 2 * 1300) << "both, once";
  EXPECT_LE(std::ranges::count(played, 1000), 2 * 1600);
  ASSERT_EQ(collector_->utterances.size(), 1U);
  const auto& record = collector_->utterances[0];
  EXPECT_EQ(record.translation, "<This is a whole sentence.> <And so is this one here.>");
  EXPECT_EQ(record.speculations_wasted, 0);
  EXPECT_GE(record.answer_start, record.audio_start) << "the last clause comes after the first";
}

TEST_F(InterpreterTest, WhatTheListenerStopsIsInTheCaption) {
  script_.recognise = [](std::size_t) {
    return Result<recognition::Transcript>(
        {.text =
             "This is a whole sentence, and no short one either. And so is this one, longer still than the first."});
  };
  utter();
  settle();
  audio::Frame frame{};
  link_->playout.read(frame, ++tick_);
  link_->playout.stop_at_phrase_end();
  const auto played = play_all();
  EXPECT_LT(std::ranges::count(played, 1000), 1600) << "the phrase that played, no other";
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kCut);
  ASSERT_EQ(collector_->captions.size(), 1U);
  EXPECT_EQ(collector_->captions[0].translation,
            "<This is a whole sentence, and no short one either.> <And so is this one, longer still than the first.>");
}

TEST_F(InterpreterTest, StoppedWhileTheSpeakerGoesOnItIsCaptionedAtItsEnd) {
  script_.recognise = [](std::size_t) {
    return Result<recognition::Transcript>({.text = "This is a whole sentence."});
  };
  begin();
  interpreter_->pause();
  settle();
  interpreter_->resume();
  audio::Frame frame{};
  link_->playout.read(frame, ++tick_);
  link_->playout.stop_at_phrase_end();
  for (int i = 0; i < 10; ++i) link_->playout.read(frame, ++tick_);
  interpreter_->pump();
  EXPECT_TRUE(collector_->utterances.empty()) << "not over";
  end();
  play_all();
  EXPECT_EQ(collector_->captions.size(), 1U);
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kCut);
}

TEST_F(InterpreterTest, APhraseThatCannotBePronouncedIsLeftOut) {
  script_.open_speech = [](const std::string& phrase) -> Result<void> {
    if (phrase.starts_with("<This")) return fail(ErrorCode::kInvalid, "there is nothing to pronounce");
    return {};
  };
  script_.recognise = [](std::size_t) {
    return Result<recognition::Transcript>(
        {.text = "This is a whole sentence, and no short one either. And so is this one here."});
  };
  utter();
  EXPECT_TRUE(is_one_phrase(play_all()));
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kAnswered);
  EXPECT_EQ(link_->mode, Mode::kTranslated);
}

TEST_F(InterpreterTest, AnAnswerThatComesAfterTheEndIsGivenAtOnce) {
  std::atomic<bool> begun{false};
  std::atomic<bool> go{false};
  script_.recognise = [&](std::size_t) {
    begun = true;
    while (!go) std::this_thread::yield();
    return Result<recognition::Transcript>({.text = "good morning"});
  };
  begin();
  interpreter_->pause();
  while (!begun) std::this_thread::yield();
  end();
  go = true;
  EXPECT_TRUE(is_one_phrase(play_all()));
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_FALSE(collector_->utterances[0].speculated);
  EXPECT_EQ(collector_->utterances[0].speculations, 1);
}

TEST_F(InterpreterTest, ARunThatTheSpeakerOvertookIsRepeated) {
  std::atomic<int> run{0};
  std::atomic<bool> go{false};
  script_.recognise = [&](std::size_t) {
    if (++run == 1) {
      while (!go) std::this_thread::yield();
    }
    return Result<recognition::Transcript>({.text = run == 1 ? "good" : "good morning"});
  };
  begin();
  interpreter_->pause();
  while (run == 0) std::this_thread::yield();
  interpreter_->resume();
  interpreter_->hear(std::vector<std::int16_t>(3200, 500), true);
  end();
  go = true;
  play_all();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].source, "good morning");
  EXPECT_EQ(collector_->utterances[0].speculations_wasted, 1);
}

TEST_F(InterpreterTest, SpeakersAreHeardWhileTheySpeak) {
  script_.recognise = [&](std::size_t samples) {
    return Result<recognition::Transcript>({.text = "word " + std::to_string(samples)});
  };
  begin(500, 16000);
  interpreter_->pump();
  settle();
  interpreter_->hear(std::vector<std::int16_t>(1600, 500), true);
  interpreter_->pump();
  settle();
  interpreter_->pump();
  EXPECT_EQ(collector_->partials.size(), 1U) << "100 ms more is too little";
  interpreter_->hear(std::vector<std::int16_t>(3200, 500), true);
  interpreter_->pump();
  settle();
  interpreter_->pump();
  ASSERT_EQ(collector_->partials.size(), 2U);
  EXPECT_EQ(collector_->partials[1].source, "word 20800");
  end();
  play_all();
  EXPECT_EQ(collector_->utterances.at(0).partials, 2);
}

TEST_F(InterpreterTest, AnAnswerDoesNotWaitBehindAPartialThatHasNotBegun) {
  std::atomic<bool> go{false};
  std::vector<std::size_t> heard;
  script_.recognise = [&](std::size_t samples) {
    heard.push_back(samples);
    return Result<recognition::Transcript>({.text = "good morning"});
  };
  for (int i = 0; i < 2; ++i) {
    executor_.submit(Priority::kNextPiece, [&] {
      while (!go) std::this_thread::yield();
    });
  }
  begin(500, 16000);
  interpreter_->pump();
  interpreter_->hear(std::vector<std::int16_t>(1600, 500), true);
  interpreter_->pause();
  go = true;
  settle();
  EXPECT_EQ(heard, std::vector<std::size_t>{17600}) << "one run, of everything";
  end();
  EXPECT_TRUE(is_one_phrase(play_all()));
}

TEST_F(InterpreterTest, WithoutTechniquesNothingIsDoneBeforeTheEnd) {
  config_.conversation.partials = false;
  config_.conversation.speculate = false;
  std::atomic<int> runs{0};
  script_.recognise = [&](std::size_t) {
    ++runs;
    return Result<recognition::Transcript>({.text = "good morning"});
  };
  begin(500, 32000);
  interpreter_->pump();
  interpreter_->pause();
  settle();
  EXPECT_EQ(runs, 0);
  EXPECT_FALSE(interpreter_->patience());
  end();
  EXPECT_TRUE(is_one_phrase(play_all()));
  EXPECT_EQ(runs, 1);
}

TEST_F(InterpreterTest, AFailedSpeculationIsTriedAgainAtTheEnd) {
  std::atomic<int> run{0};
  script_.recognise = [&](std::size_t) -> Result<recognition::Transcript> {
    if (++run == 1) return fail(ErrorCode::kInternal, "broken");
    return recognition::Transcript{.text = "good morning"};
  };
  begin();
  interpreter_->pause();
  settle();
  end();
  EXPECT_TRUE(is_one_phrase(play_all()));
  EXPECT_EQ(collector_->utterances.at(0).outcome, Outcome::kAnswered);
}

TEST_F(InterpreterTest, WhenTheListenerLeavesTheBooksAreClosed) {
  utter();
  while (!interpreter_->idle()) std::this_thread::yield();
  interpreter_->cancel();
  ASSERT_EQ(collector_->utterances.size(), 1U);
  EXPECT_EQ(collector_->utterances[0].outcome, Outcome::kUndelivered);
}

}  // namespace
}  // namespace parley::call
