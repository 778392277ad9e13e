// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "audio/frame.h"
#include "base/clock.h"
#include "kokoro_engine.h"
#include "synthesis/registry.h"

namespace parley::synthesis {
namespace {

using std::chrono_literals::operator""ms;
using testing::drain;
using testing::kokoro;
using testing::language;
using testing::say;

class KokoroTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_NE(engine_, nullptr); }
  const std::shared_ptr<const Kokoro> engine_ = kokoro();
};

double seconds_of(const std::vector<std::int16_t>& speech) {
  return static_cast<double>(speech.size()) / audio::kSampleRate;
}

TEST_F(KokoroTest, KnowsItsLanguagesAndTheirVoices) {
  EXPECT_EQ(engine_->default_voice(language("en")), "af_heart");
  EXPECT_EQ(engine_->default_voice(language("pt")), "pf_dora");
  for (const auto* code : {"en", "pt", "es", "fr", "it", "hi"}) EXPECT_TRUE(engine_->supports(language(code))) << code;
  EXPECT_FALSE(engine_->supports(language("ja")));
  EXPECT_EQ(engine_->default_voice(language("ja")), "");
}

TEST_F(KokoroTest, SpeechBeginsWithoutSilenceAndWithoutAClick) {
  const auto speech = say(*engine_, {"Bom dia,", language("pt"), "pf_dora"});
  ASSERT_TRUE(speech) << speech.error().message;
  EXPECT_GT(seconds_of(*speech), 0.5);
  EXPECT_LT(seconds_of(*speech), 1.0);  // the model gives 1.05 s with the silence around it
  EXPECT_LT(std::abs((*speech)[0]), 100);
  const auto loud = std::ranges::find_if(*speech, [](int sample) { return std::abs(sample) > 1000; });
  EXPECT_LT(loud - speech->begin(), audio::kSampleRate / 10);
}

TEST_F(KokoroTest, WhatWasSaidBeforeAPhraseShapesItAndIsNotHeardAgain) {
  const SynthesisRequest alone{"because I am feeling sick.", language("en"), "af_heart"};
  SynthesisRequest after = alone;
  after.before = "Good morning. I need to cancel my reservation for tomorrow";
  SynthesisRequest next = alone;
  next.before = "I need to cancel my reservation for tomorrow.";
  const auto speech = say(*engine_, alone);
  const auto continued = say(*engine_, after);
  const auto next_sentence = say(*engine_, next);
  ASSERT_TRUE(speech && continued && next_sentence);
  EXPECT_NE(*continued, *speech);
  EXPECT_NEAR(seconds_of(*continued), seconds_of(*speech), 0.25 * seconds_of(*speech));
  EXPECT_LT(std::abs(continued->front()), 100);
  EXPECT_EQ(*next_sentence, *speech) << "a sentence begins as if nothing was said";
}

TEST_F(KokoroTest, TheSameRequestGivesTheSameSpeechOnEveryThread) {
  const SynthesisRequest request{"Good morning.", language("en"), "af_heart"};
  const auto alone = say(*engine_, request);
  ASSERT_TRUE(alone);
  std::vector<Result<std::vector<std::int16_t>>> both(2);
  {
    std::vector<std::jthread> threads;
    for (auto& speech : both) threads.emplace_back([&] { speech = say(*engine_, request); });
  }
  for (const auto& speech : both) {
    ASSERT_TRUE(speech) << speech.error().message;
    EXPECT_EQ(*speech, *alone);
  }
}

TEST_F(KokoroTest, SpeedChangesTheLength) {
  const auto slow = say(*engine_, {"Good morning, everyone.", language("en"), "af_heart", 0.7});
  const auto fast = say(*engine_, {"Good morning, everyone.", language("en"), "af_heart", 1.5});
  ASSERT_TRUE(slow && fast);
  EXPECT_GT(seconds_of(*slow), 1.5 * seconds_of(*fast));
}

TEST_F(KokoroTest, AVoiceOfOneLanguageSpeaksAnother) {
  const auto speech = say(*engine_, {"Bom dia.", language("pt"), "am_adam"});
  ASSERT_TRUE(speech) << speech.error().message;
  EXPECT_GT(seconds_of(*speech), 0.4);
}

constexpr std::string_view kLongSentence =
    "I need to cancel my reservation because I am sick, and I would like to know what it costs to come a week later.";

TEST_F(KokoroTest, SpeechComesInWindowsAndSaysHowFarItIs) {
  const auto stream = engine_->synthesize({std::string(kLongSentence), language("en"), "af_heart"});
  ASSERT_TRUE(stream) << stream.error().message;
  EXPECT_EQ((*stream)->position().expected, 0ms);
  std::vector<double> seconds;
  double total = 0.0;
  while (true) {
    const auto chunk = (*stream)->next();
    ASSERT_TRUE(chunk) << chunk.error().message;
    if (chunk->empty()) break;
    seconds.push_back(seconds_of(*chunk));
    total += seconds.back();
    EXPECT_NEAR(static_cast<double>((*stream)->position().given.count()), 1000 * total, 1.0);
  }
  ASSERT_GT(seconds.size(), 5U);
  EXPECT_LT(seconds.front(), 0.25);
  EXPECT_LT(std::ranges::max(seconds), 1.2);
  EXPECT_NEAR(static_cast<double>((*stream)->position().expected.count()), 1000 * total, 400.0);
}

TEST_F(KokoroTest, CancellingEndsARunningPhraseSoon) {
  const auto stream = engine_->synthesize({std::string(kLongSentence), language("en"), "af_heart"});
  ASSERT_TRUE(stream) << stream.error().message;
  SteadyClock::time_point cancelled_at;
  std::jthread canceller([&] {
    std::this_thread::sleep_for(300ms);
    cancelled_at = SteadyClock::now();
    (*stream)->cancel();
  });
  const auto speech = drain(**stream);
  const double waited = elapsed_ms(cancelled_at);
  ASSERT_FALSE(speech);
  EXPECT_EQ(speech.error().code, ErrorCode::kCancelled);
  EXPECT_LT(waited, 500.0);
  EXPECT_EQ((*stream)->next().error().code, ErrorCode::kCancelled);
}

TEST_F(KokoroTest, AStreamThatWasCancelledBeforeItBeganGivesNothing) {
  const auto stream = engine_->synthesize({"Good morning.", language("en"), "af_heart"});
  ASSERT_TRUE(stream);
  (*stream)->cancel();
  EXPECT_EQ((*stream)->next().error().code, ErrorCode::kCancelled);
  EXPECT_TRUE(say(*engine_, {"Good.", language("en"), "af_heart"}));  // no other is harmed
}

TEST_F(KokoroTest, APhraseOfMoreThan510TokensIsSpokenWhole) {
  std::string text;
  for (int i = 0; i < 16; ++i) text += "The meeting was postponed until Monday, ";
  const auto stream = engine_->synthesize({text, language("en"), "af_heart", 2.0});
  ASSERT_TRUE(stream) << stream.error().message;
  const auto first = (*stream)->next();
  ASSERT_TRUE(first) << first.error().message;
  const auto rest = drain(**stream);
  ASSERT_TRUE(rest) << rest.error().message;
  const double sentence =
      seconds_of(say(*engine_, {"The meeting was postponed until Monday,", language("en"), "af_heart", 2.0}).value());
  EXPECT_NEAR(seconds_of(*first) + seconds_of(*rest), 16 * sentence, 0.25 * 16 * sentence);
  EXPECT_LT(seconds_of(*first), seconds_of(*rest));
}

TEST_F(KokoroTest, SpeechOutlivesTheEngine) {
  auto engine = Kokoro::load({.voices = {{"en", "af_heart"}}});
  ASSERT_TRUE(engine) << engine.error().message;
  const auto stream = (*engine)->synthesize({"Good.", language("en"), "af_heart"});
  engine->reset();
  EXPECT_TRUE(drain(**stream));
}

TEST_F(KokoroTest, UnknownCharactersAreSkipped) {
  const auto speech = say(*engine_, {"Hello 😀 ☃ \xFF world", language("en"), "af_heart"});
  ASSERT_TRUE(speech) << speech.error().message;
  EXPECT_EQ(*speech, say(*engine_, {"Hello world", language("en"), "af_heart"}).value());
}

TEST_F(KokoroTest, RefusesWhatItCannotDo) {
  const auto refusal = [&](SynthesisRequest request) {
    const auto stream = engine_->synthesize(request);
    EXPECT_FALSE(stream) << request.phrase;
    return stream ? ErrorCode::kInternal : stream.error().code;
  };
  for (const auto* phrase : {"", "   ", "...?!", "😀", "\xFF"})
    EXPECT_EQ(refusal({phrase, language("en"), "af_heart"}), ErrorCode::kInvalid);
  EXPECT_EQ(refusal({"Hello.", language("en"), "af_hart"}), ErrorCode::kNotFound);
  EXPECT_EQ(refusal({"Hello.", language("en"), ""}), ErrorCode::kNotFound);
  EXPECT_EQ(refusal({"Hello.", language("ja"), "jf_alpha"}), ErrorCode::kUnsupported);
  for (const double speed : {0.0, -1.0, 0.4, 2.1, std::nan("")})
    EXPECT_EQ(refusal({"Hello.", language("en"), "af_heart", speed}), ErrorCode::kInvalid);
}

TEST(Registry, LoadsKokoroByNameAndWarmsItUp) {
  const auto engine = load_synthesizer({.engine = "kokoro", .kokoro = {.voices = {{"pt", "pm_alex"}}}});
  ASSERT_TRUE(engine) << engine.error().message;
  EXPECT_EQ((*engine)->name(), "kokoro");
  EXPECT_EQ((*engine)->default_voice(language("pt")), "pm_alex");
  EXPECT_EQ((*engine)->default_voice(language("en")), "");
}

TEST(Registry, AnUnknownEngineIsInvalidAndTheKnownOnesNamed) {
  const auto engine = load_synthesizer({.engine = "festival", .kokoro = {}});
  ASSERT_FALSE(engine);
  EXPECT_EQ(engine.error().code, ErrorCode::kInvalid);
  EXPECT_NE(engine.error().message.find("kokoro"), std::string::npos);
}

}  // namespace
}  // namespace parley::synthesis
