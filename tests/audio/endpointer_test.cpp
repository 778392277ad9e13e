// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/endpointer.h"

#include <algorithm>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audio/frame.h"

namespace parley::audio {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::VariantWith;

constexpr SamplePosition kWindow = kVadWindow;

/// An endpointer at the end of a script of probabilities.
class Script {
 public:
  explicit Script(const EndpointerConfig& config = {}) : endpointer_(config) {}

  Script& windows(std::size_t count, float probability) {
    for (std::size_t i = 0; i < count; ++i) {
      for (auto& event : endpointer_.feed({position_, position_ + kWindow, probability})) events_.push_back(event);
      position_ += kWindow;
    }
    return *this;
  }

  Script& seconds(double seconds, float probability) {
    return windows(static_cast<std::size_t>(seconds * kSampleRate / static_cast<double>(kWindow)), probability);
  }

  Script& finish() {
    for (auto& event : endpointer_.finish()) events_.push_back(event);
    return *this;
  }

  const std::vector<EndpointerEvent>& events() const { return events_; }
  Endpointer& endpointer() { return endpointer_; }
  const Endpointer& endpointer() const { return endpointer_; }
  SamplePosition position() const { return position_; }

 private:
  Endpointer endpointer_;
  std::vector<EndpointerEvent> events_;
  SamplePosition position_ = 0;
};

auto started(SamplePosition from, SamplePosition voiced) {
  return VariantWith<SpeechStarted>(SpeechStarted{from, voiced});
}
auto paused(SamplePosition last) { return VariantWith<Paused>(Paused{last}); }
auto resumed() { return VariantWith<Resumed>(Resumed{}); }
auto ended(SamplePosition first, SamplePosition last, Endpoint::Reason reason = Endpoint::Reason::kSilence) {
  return VariantWith<Endpoint>(Endpoint{first, last, reason});
}

TEST(Endpointer, SilenceIsNoUtterance) { EXPECT_THAT(Script().seconds(3600, 0.02F).finish().events(), IsEmpty()); }

TEST(Endpointer, AnUtteranceBeginsWithItsPreRollAndEndsAfterSilence) {
  const auto script = Script().windows(30, 0.01F).windows(40, 0.9F).windows(25, 0.01F);
  EXPECT_THAT(script.events(), ElementsAre(started(30 * kWindow - 4000, 30 * kWindow), paused(70 * kWindow),
                                           ended(30 * kWindow, 70 * kWindow)));
  EXPECT_FALSE(script.endpointer().in_speech());
}

TEST(Endpointer, ItStartsAsSoonAsThereIsEnoughVoice) {
  Script script;
  script.windows(10, 0.0F).windows(2, 0.8F);
  EXPECT_THAT(script.events(), IsEmpty());
  script.windows(1, 0.8F);
  EXPECT_THAT(script.events(), ElementsAre(started(5120 - 4000, 5120)));
  EXPECT_TRUE(script.endpointer().in_speech());
}

TEST(Endpointer, TheEndComesTheConfiguredSilenceAfterTheLastVoice) {
  for (const milliseconds silence : {milliseconds(300), milliseconds(600), milliseconds(800)}) {
    EndpointerConfig config;
    config.endpoint_silence = silence;
    Script script(config);
    script.seconds(1.0, 0.9F);
    std::size_t windows = 0;
    while (script.endpointer().in_speech() && windows < 100) {
      script.windows(1, 0.1F);
      ++windows;
    }
    const auto expected = static_cast<double>(silence.count()) / 32.0;
    EXPECT_NEAR(static_cast<double>(windows), expected, 1.0) << silence.count();
  }
}

TEST(Endpointer, ThePreRollStaysInsideTheStreamAndBehindTheUtteranceBefore) {
  EndpointerConfig config;
  config.endpoint_silence = milliseconds(128);
  const auto script = Script(config).windows(10, 0.9F).windows(4, 0.0F).windows(10, 0.9F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), paused(10 * kWindow), ended(0, 10 * kWindow),
                                           started(10 * kWindow, 14 * kWindow)));
}

TEST(Endpointer, AShortSoundIsDiscarded) {
  const auto script = Script().windows(10, 0.0F).windows(2, 0.9F).windows(20, 0.0F);
  EXPECT_THAT(script.events(), ElementsAre(VariantWith<Discarded>(Discarded{10 * kWindow, 12 * kWindow})));
}

TEST(Endpointer, AShortSoundAtTheEndOfTheStreamIsDiscarded) {
  const auto script = Script().windows(1, 0.9F).finish();
  EXPECT_THAT(script.events(), ElementsAre(VariantWith<Discarded>(Discarded{0, kWindow})));
}

TEST(Endpointer, SpeechRunsOnAboveTheStopProbability) {
  const auto script = Script().windows(5, 0.6F).windows(100, 0.4F).windows(20, 0.3F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), paused(105 * kWindow), ended(0, 105 * kWindow)));
}

TEST(Endpointer, ItDoesNotStartBelowTheStartProbability) {
  EXPECT_THAT(Script().seconds(60, 0.49F).finish().events(), IsEmpty());
}

TEST(Endpointer, APauseShorterThanTheSilenceDoesNotEndIt) {
  const auto script = Script().windows(30, 0.9F).windows(17, 0.05F).windows(30, 0.9F).windows(17, 0.05F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), paused(30 * kWindow), resumed(), paused(77 * kWindow)));
}

TEST(Endpointer, APauseIsToldOnceItIsLongEnough) {
  Script script;
  script.windows(30, 0.9F).windows(2, 0.1F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0)));
  EXPECT_FALSE(script.endpointer().voiced());
  script.windows(1, 0.1F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), paused(30 * kWindow)));
}

TEST(Endpointer, PatienceDecidesTheRunningPauseOnly) {
  Script script;
  script.windows(30, 0.9F).windows(4, 0.1F);
  script.endpointer().set_patience(milliseconds(900));
  script.windows(22, 0.1F);
  EXPECT_TRUE(script.endpointer().in_speech()) << "832 ms of silence";
  script.windows(10, 0.9F).windows(19, 0.1F);
  EXPECT_FALSE(script.endpointer().in_speech()) << "it resumed: the configured silence holds again";
}

TEST(Endpointer, ShortPatienceEndsItAtOnce) {
  Script script;
  script.windows(30, 0.9F).windows(10, 0.1F);
  EXPECT_TRUE(script.endpointer().in_speech());
  script.endpointer().set_patience(milliseconds(300));
  script.windows(1, 0.1F);
  EXPECT_FALSE(script.endpointer().in_speech());
}

TEST(Endpointer, TheEndOfTheStreamEndsTheUtterance) {
  const auto script = Script().windows(20, 0.9F).windows(2, 0.1F).finish();
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), ended(0, 20 * kWindow, Endpoint::Reason::kFinished)));
}

TEST(Endpointer, LongSpeechEndsAtAPauseThatWouldNotEndAShortOne) {
  // 28 s of speech, a breath of 0.19 s, then on and on.
  const auto script = Script().windows(875, 0.95F).windows(6, 0.2F).windows(300, 0.95F);
  EXPECT_THAT(script.events(), ElementsAre(started(0, 0), paused(875 * kWindow), ended(0, 875 * kWindow),
                                           started(875 * kWindow, 881 * kWindow)));
}

TEST(Endpointer, EndlessSpeechIsCutWithoutAGap) {
  const auto script = Script().seconds(100, 0.99F).finish();
  SamplePosition next = 0;
  for (const auto& event : script.events()) {
    if (const auto* start = std::get_if<SpeechStarted>(&event)) {
      EXPECT_EQ(start->from, next);
    }
    if (const auto* end = std::get_if<Endpoint>(&event)) {
      EXPECT_LE(end->last_voiced - end->first_voiced, 30 * kSampleRate + kWindow);
      next = end->last_voiced;
    }
  }
  EXPECT_EQ(next, script.position()) << "every sample belongs to an utterance";
}

TEST(Endpointer, SpeechThatIsWeakAfterACutGoesOn) {
  // Above stop_probability only, which would not begin an utterance but is the middle of one.
  const auto script = Script().windows(938, 0.95F).windows(200, 0.4F).finish();
  const auto& events = script.events();
  ASSERT_EQ(events.size(), 4U);
  const SamplePosition cut = std::get<Endpoint>(events[1]).last_voiced;
  EXPECT_EQ(std::get<SpeechStarted>(events[2]).from, cut);
  EXPECT_EQ(std::get<Endpoint>(events[3]).last_voiced, 1138 * kWindow);
}

TEST(Endpointer, AStartReachesNoFurtherBackThanItsHistory) {
  // The slowest beginning there is: single voiced windows with the longest gaps between them.
  Script script;
  script.windows(50, 0.0F);
  for (int i = 0; i < 10 && script.events().empty(); ++i)
    script.windows(1, 0.6F).windows(script.events().empty() ? 3 : 0, 0.1F);
  ASSERT_FALSE(script.events().empty());
  const auto* start = std::get_if<SpeechStarted>(&script.events().front());
  ASSERT_NE(start, nullptr);
  EXPECT_LE(script.position() - start->from, script.endpointer().history());
}

TEST(Endpointer, RefusesSettingsThatMakeNoSense) {
  const auto invalid = [](auto change) {
    EndpointerConfig config;
    change(config);
    EXPECT_FALSE(config.validate());
    EXPECT_THROW(Endpointer{config}, std::invalid_argument);
  };
  EXPECT_TRUE(EndpointerConfig{}.validate());
  invalid([](auto& config) { config.start_probability = 1.5F; });
  invalid([](auto& config) { config.stop_probability = 0.6F; });
  invalid([](auto& config) { config.min_speech = milliseconds(-1); });
  invalid([](auto& config) { config.endpoint_silence = milliseconds(20); });
  invalid([](auto& config) { config.pause = milliseconds(700); });
  invalid([](auto& config) { config.pre_roll = milliseconds(-1); });
  invalid([](auto& config) { config.max_utterance = milliseconds(500); });
}

}  // namespace
}  // namespace parley::audio
