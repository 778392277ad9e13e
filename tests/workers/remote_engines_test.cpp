// SPDX-License-Identifier: GPL-3.0-or-later
#include <signal.h>

#include <future>
#include <numeric>

#include "fixture.h"
#include "workers/remote_recognizer.h"

namespace parley::workers::testing {
namespace {

using recognition::Speech;
using recognition::Transcript;
using recognition::Word;

class RemoteEnginesTest : public WorkersTest {
 protected:
  void start_recognizer() {
    config_.recognition = {{"plain", {kEnglish}}};
    start();
    recognizer_ = workers_->recognizer("plain");
    ASSERT_TRUE(wait_until_ready());
  }

  void start_synthesizer() {
    config_.synthesis = {{"plain", {{"en", "configured"}}}};
    start();
    synthesizer_ = workers_->synthesizer("plain");
  }

  std::unique_ptr<recognition::RecognitionStream> listen(const std::string& script) {
    return std::move(recognizer_->open({.session_id = script, .speaker_id = "a", .language = kEnglish}).value());
  }

  auto speak(const std::string& script) {
    return synthesizer_->synthesize({.phrase = script, .language = kEnglish, .voice = "v", .before = {}});
  }

  static std::string from_first_process(const telemetry::EngineStatus& status) {
    return " " + std::to_string(status.processes.front());
  }

  std::shared_ptr<const recognition::Recognizer> recognizer_;
  std::shared_ptr<const synthesis::Synthesizer> synthesizer_;
  const std::vector<std::int16_t> second_ = std::vector<std::int16_t>(1000);
};

TEST_F(RemoteEnginesTest, OnlyNewSpeechGoesToTheProcess) {
  start_recognizer();
  const auto pid = from_first_process(status());
  const auto stream = listen("");
  stream->feed(second_);
  stream->feed(second_);
  EXPECT_EQ(stream->hypothesis(Speech::kGoesOn)->text, "2000 2000" + pid);
  stream->feed(second_);
  EXPECT_EQ(stream->hypothesis(Speech::kPaused)->text, "3000 3000" + pid);
  EXPECT_EQ(stream->finish()->confidence, 1.0);
  stream->feed(second_);
  EXPECT_EQ(stream->hypothesis(Speech::kGoesOn)->text, "1000 4000" + pid) << "another utterance";
  stream->start_over();
  stream->feed(second_);
  EXPECT_EQ(stream->finish()->text, "1000 5000" + pid);
  EXPECT_FALSE(recognizer_->open({.session_id = "", .speaker_id = "", .language = kFrench}));
}

TEST_F(RemoteEnginesTest, AnotherProcessHearsTheWholeUtterance) {
  start_recognizer();
  const auto stream = listen("");
  stream->feed(second_);
  EXPECT_TRUE(stream->hypothesis(Speech::kGoesOn));
  kill(status().processes.front(), SIGKILL);
  stream->feed(second_);
  const auto transcript = stream->finish();
  ASSERT_TRUE(transcript) << transcript.error().message;
  EXPECT_EQ(transcript->text, "2000 2000" + from_first_process(status()));
}

TEST_F(RemoteEnginesTest, AnUtteranceSurvivesTheProcessThatHearsIt) {
  start_recognizer();
  const auto stream = listen(once("crash"));
  stream->feed(second_);
  EXPECT_EQ(stream->finish()->text.substr(0, 9), "1000 1000");
  EXPECT_EQ(status().restarts, 1U);
}

TEST_F(RemoteEnginesTest, AnErrorLeavesTheUtteranceToBeAskedAgain) {
  start_recognizer();
  const auto stream = listen(once("refuse"));
  stream->feed(second_);
  EXPECT_EQ(stream->hypothesis(Speech::kGoesOn).error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(stream->hypothesis(Speech::kGoesOn)->text, "1000 2000" + from_first_process(status()));
}

TEST_F(RemoteEnginesTest, TheLimitGrowsWithTheUtterance) {
  config_.supervision.limits.recognition_per_second = 1s;
  start_recognizer();
  const auto stream = listen("sleep 900");
  stream->feed(std::vector<std::int16_t>(32000));
  EXPECT_TRUE(stream->finish());
  EXPECT_EQ(status().restarts, 0U);
}

TEST_F(RemoteEnginesTest, SpeechComesStretchByStretch) {
  start_synthesizer();
  EXPECT_EQ(synthesizer_->default_voice(kEnglish), "configured");
  EXPECT_TRUE(synthesizer_->supports(kEnglish));
  EXPECT_FALSE(synthesizer_->supports(kPortuguese));
  ASSERT_TRUE(wait_until_ready());
  EXPECT_EQ(synthesizer_->default_voice(kPortuguese), "voice-pt");
  EXPECT_EQ(speak("").error().code, ErrorCode::kInvalid);
  const auto stream = speak("echo").value();
  EXPECT_EQ(stream->position().expected, 10ms);
  EXPECT_EQ(stream->next()->size(), 100U);
  EXPECT_EQ(stream->position().given, 1ms);
}

std::vector<std::int16_t> all_of(synthesis::SpeechStream& stream) {
  std::vector<std::int16_t> all;
  for (;;) {
    const auto samples = stream.next();
    EXPECT_TRUE(samples) << samples.error().message;
    if (!samples || samples->empty()) return all;
    all.insert(all.end(), samples->begin(), samples->end());
  }
}

TEST_F(RemoteEnginesTest, AnotherProcessSpeaksOnFromWhereTheFirstWas) {
  start_synthesizer();
  ASSERT_TRUE(wait_until_ready());
  std::vector<std::int16_t> whole(1000);
  std::iota(whole.begin(), whole.end(), 0);
  EXPECT_EQ(all_of(*speak(once("crash")).value()), whole) << "in the sixth stretch";
  ASSERT_TRUE(wait_until_ready());
  const auto stream = speak("echo").value();
  const auto first = stream->next();
  kill(status().processes.front(), SIGKILL);
  EXPECT_EQ(all_of(*stream), std::vector(whole.begin() + 100, whole.end())) << "between two";
  EXPECT_EQ(status().restarts, 2U);
}

TEST_F(RemoteEnginesTest, CancelEndsWhatIsBeingSpoken) {
  config_.supervision.limits.synthesis = 5s;
  start_synthesizer();
  ASSERT_TRUE(wait_until_ready());
  const auto stream = speak("until cancelled").value();
  auto next = std::async(std::launch::async, [&] { return stream->next(); });
  std::this_thread::sleep_for(50ms);
  const auto begin = SteadyClock::now();
  stream->cancel();
  EXPECT_LT(elapsed_ms(begin), 20);
  EXPECT_EQ(next.get().error().code, ErrorCode::kCancelled);
  EXPECT_LT(elapsed_ms(begin), 500);
  EXPECT_EQ(stream->next().error().code, ErrorCode::kCancelled);
  EXPECT_EQ(status().restarts, 0U);
}

TEST_F(RemoteEnginesTest, WhatIsCancelledIsNotSpokenAgain) {
  start_synthesizer();
  ASSERT_TRUE(wait_until_ready());
  kill(status().processes.front(), SIGSTOP);
  config_.supervision.spares = false;
  const auto processes = status().processes;
  auto opened = std::async(std::launch::async, [&] { return speak("echo"); });
  const auto stream = opened.get();  // The stopped one is found to hang, the spare answers.
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ(status().processes.front(), processes[1]);
  (*stream)->cancel();
  EXPECT_EQ((*stream)->next().error().code, ErrorCode::kCancelled);
}

Word word(const char* text, int begin, int end) {
  return {.text = text, .begin = milliseconds(begin), .end = milliseconds(end)};
}

std::string words_of(const Transcript& transcript) {
  std::string text;
  for (const auto& each : transcript.words) text += each.text + " ";
  return text;
}

TEST(KeepSettled, TheSameWordsStay) {
  const auto kept = keep_settled(
      {word("good", 0, 300)}, {.text = "Good, morning", .words = {word("Good,", 0, 320), word("morning", 320, 800)}});
  EXPECT_EQ(kept.text, "Good, morning");
  EXPECT_EQ(kept.agreed, 1U);
}

TEST(KeepSettled, OthersGiveWayToWhatMayBeSpokenAlready) {
  const Transcript heard{.text = "could mourning all of you",
                         .confidence = 0.7,
                         .words = {word("could", 0, 280), word("mourning", 280, 800), word("all", 800, 1000),
                                   word("of", 1000, 1100), word("you", 1100, 1300)},
                         .agreed = 3};
  const auto kept = keep_settled({word("good", 0, 300), word("morning", 300, 810)}, heard);
  EXPECT_EQ(words_of(kept), "good morning all of you ");
  EXPECT_EQ(kept.text, "good morning all of you");
  EXPECT_EQ(kept.agreed, 3U);
}

TEST(KeepSettled, NothingHeardKeepsThem) {
  const auto kept = keep_settled({word("good", 0, 300), word("morning", 300, 810)}, {});
  EXPECT_EQ(kept.text, "good morning");
  EXPECT_EQ(kept.agreed, 2U);
}

}  // namespace
}  // namespace parley::workers::testing
