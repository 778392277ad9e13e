// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/playout.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <random>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace parley::call {
namespace {

using Samples = std::vector<std::int16_t>;
using Kind = PlayoutEvent::Kind;

constexpr std::size_t kFadeSamples = audio::kSampleRate * 5 / 1000;

Samples speech(std::size_t samples, std::int16_t value = 1000) { return Samples(samples, value); }

Samples tone(std::size_t samples, double hertz = 200.0, double amplitude = 10000.0) {
  Samples out(samples);
  for (std::size_t i = 0; i < samples; ++i)
    out[i] = static_cast<std::int16_t>(
        amplitude * std::sin(2 * std::numbers::pi * hertz * static_cast<double>(i) / audio::kSampleRate));
  return out;
}

/// What happened to utterances.
std::vector<PlayoutEvent> events_of(Playout& playout) {
  std::vector<PlayoutEvent> events;
  for (PlayoutEvent event; playout.pop_event(event);) {
    if (event.kind != Kind::kPhrase) events.push_back(event);
  }
  return events;
}

/// What the leg gets in so many ticks, silence included.
Samples hear(Playout& playout, std::size_t ticks, std::uint64_t first_tick = 1) {
  Samples heard;
  for (std::uint64_t tick = first_tick; tick < first_tick + ticks; ++tick) {
    audio::Frame frame{};
    playout.read(frame, tick);
    heard.insert(heard.end(), frame.begin(), frame.end());
  }
  return heard;
}

int largest_step(const Samples& samples) {
  int largest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) largest = std::max(largest, std::abs(samples[i] - samples[i - 1]));
  return largest;
}

std::size_t first_sound(const Samples& samples) {
  return static_cast<std::size_t>(std::ranges::find_if(samples, [](int s) { return s != 0; }) - samples.begin());
}

void say(Playout& playout, std::uint64_t id, const std::vector<Samples>& phrases, milliseconds pause = {}) {
  playout.begin(id);
  for (const auto& phrase : phrases) {
    playout.write(phrase);
    playout.end_phrase(pause);
  }
  playout.end(id);
}

TEST(Playout, ReportsTheTicksOfAnUtterancesFirstAndLastFrame) {
  Playout playout;
  audio::Frame frame{};
  EXPECT_FALSE(playout.read(frame, 7));
  playout.begin(1);
  EXPECT_FALSE(playout.read(frame, 8)) << "a beginning without sound is no frame";
  EXPECT_TRUE(events_of(playout).empty());
  playout.write(speech(640));
  playout.end_phrase();
  playout.end(1);
  EXPECT_TRUE(playout.read(frame, 9));
  EXPECT_TRUE(playout.speaking());
  EXPECT_TRUE(playout.read(frame, 10));
  EXPECT_FALSE(playout.speaking());
  EXPECT_TRUE(playout.empty());
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, Kind::kFirstFrame);
  EXPECT_EQ(events[0].tick, 9U);
  EXPECT_EQ(events[1].kind, Kind::kLastFrame);
  EXPECT_EQ(events[1].tick, 10U);
  EXPECT_EQ(events[1].spoken, milliseconds(40));
  EXPECT_EQ(events[1].saved, milliseconds(0));
}

TEST(Playout, ReportsTheTickOfEachPhrasesFirstFrame) {
  Playout playout;
  playout.begin(1);
  for (int phrase = 0; phrase < 2; ++phrase) {
    playout.write(speech(640));
    playout.end_phrase();
  }
  playout.end(1);
  hear(playout, 5, 7);
  std::vector<std::pair<Kind, std::uint64_t>> found;
  for (PlayoutEvent event; playout.pop_event(event);) found.emplace_back(event.kind, event.tick);
  const std::vector<std::pair<Kind, std::uint64_t>> expected{
      {Kind::kFirstFrame, 7}, {Kind::kPhrase, 7}, {Kind::kPhrase, 9}, {Kind::kLastFrame, 10}};
  EXPECT_EQ(found, expected);
}

TEST(Playout, TheLastFrameIsTheOneThatWasHeardHoweverLateTheEndIsSaid) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(320));
  playout.end_phrase();
  hear(playout, 5);
  EXPECT_TRUE(playout.speaking()) << "more may come";
  playout.end(1);
  hear(playout, 1, 6);
  EXPECT_FALSE(playout.speaking());
  EXPECT_EQ(events_of(playout).back().tick, 1U);
}

TEST(Playout, AnUtteranceWithoutSoundEndsToo) {
  Playout playout;
  say(playout, 1, {});
  hear(playout, 1);
  EXPECT_TRUE(playout.empty());
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, Kind::kLastFrame);
}

TEST(Playout, GivesTheSamplesThatWereWritten) {
  Playout playout;
  auto samples = tone(5000);
  std::ranges::fill(std::span(samples).last(20), 0);
  say(playout, 1, {samples});
  const auto heard = hear(playout, 16);
  EXPECT_TRUE(std::equal(samples.begin(), samples.end(), heard.begin()));
}

TEST(Playout, WaitsForTheRestOfAFrameInsideAPhraseAndFillsItUpAtItsEnd) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(320 + kFadeSamples - 1));
  EXPECT_EQ(first_sound(hear(playout, 1)), 320U) << "it would have to break off at once";
  playout.write(speech(1));
  audio::Frame frame{};
  EXPECT_TRUE(playout.read(frame, 2));
  playout.write(speech(100));
  playout.end_phrase();
  EXPECT_TRUE(playout.read(frame, 3));
  EXPECT_EQ(frame[90], 1000);
  EXPECT_EQ(frame[180], 0);
  EXPECT_TRUE(playout.speaking()) << "the utterance has more phrases";
  playout.end(1);
  EXPECT_FALSE(playout.read(frame, 4));
  EXPECT_FALSE(playout.speaking());
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, UtterancesFollowEachOtherWithoutAGap) {
  Playout playout;
  audio::Frame frame{};
  for (std::uint64_t id : {1, 2}) say(playout, id, {speech(480, static_cast<std::int16_t>(id))});
  EXPECT_TRUE(playout.read(frame, 1));
  EXPECT_TRUE(playout.read(frame, 2));
  EXPECT_EQ(frame[159], 1);
  EXPECT_EQ(frame[160], 2);
  EXPECT_TRUE(playout.read(frame, 3));
  EXPECT_EQ(events_of(playout).size(), 4U);
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, TakesOnlyWhatFitsAndSaysHowMuchWaits) {
  Playout playout;
  EXPECT_EQ(playout.write(speech(16000)), 16000U);
  EXPECT_EQ(playout.backlog(), milliseconds(1000));
  hear(playout, 5);
  EXPECT_EQ(playout.backlog(), milliseconds(900)) << "what was taken from the ring and not heard yet counts";
  const auto rest = playout.write(speech(Playout::kCapacitySamples * 2));
  EXPECT_LT(rest, Playout::kCapacitySamples * 2);
  EXPECT_EQ(playout.write(speech(1)), 0U);
}

// --- Breaks

TEST(Playout, WhereTheRestOfAPhraseIsLateTheVoiceFadesOutAndInAgain) {
  Playout playout;
  const auto samples = tone(16000, 315.0);
  const int own_step = largest_step(samples);
  playout.begin(1);
  playout.write(std::span(samples).first(1100));
  auto heard = hear(playout, 8);
  playout.write(std::span(samples).subspan(1100));
  playout.end_phrase();
  playout.end(1);
  const auto rest = hear(playout, 60, 9);
  heard.insert(heard.end(), rest.begin(), rest.end());
  EXPECT_LE(largest_step(heard), own_step * 3 / 2);
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].spoken, milliseconds(1000)) << "none of it is lost";
  EXPECT_EQ(events[1].starved, milliseconds(100));
  // 960 samples in three frames, five frames that starve, then all the rest.
  EXPECT_TRUE(std::equal(samples.begin() + 1100, samples.end() - kFadeSamples, heard.begin() + 8 * 320 + 140));
}

TEST(Playout, APhraseThatIsNeverFinishedFadesOutOnce) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(400));
  hear(playout, 3);
  playout.end_phrase();
  playout.end(1);
  const auto heard = hear(playout, 2, 4);
  EXPECT_EQ(first_sound(heard), heard.size());
  EXPECT_TRUE(playout.empty());
  EXPECT_EQ(events_of(playout).back().kind, Kind::kLastFrame);
}

TEST(Playout, PhrasesThatBeginOrEndAbruptlyDoNotClick) {
  for (const std::size_t length : {330U, 380U, 960U, 1000U}) {
    Playout playout;
    say(playout, 1, {speech(length, 9000), speech(length, -9000)});
    EXPECT_LE(largest_step(hear(playout, 8)), 9000 / 80 + 2) << length;
  }
}

// --- Pauses

TEST(Playout, APauseLiesBetweenPhrasesThatFollowAtOnce) {
  Playout playout;
  say(playout, 1, {speech(500, 20), speech(500, 20)}, milliseconds(100));
  const auto heard = hear(playout, 10);
  EXPECT_EQ(std::ranges::count(heard, 20), 1000);
  EXPECT_EQ(std::find(heard.begin() + 500, heard.end(), 20) - heard.begin(), 500 + 1600);
}

TEST(Playout, APauseIsOverWhenThePhraseComesLaterThanThat) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(320, 20));
  playout.end_phrase(milliseconds(100));
  hear(playout, 4);  // 60 ms of silence
  playout.write(speech(320, 20));
  playout.end_phrase();
  EXPECT_EQ(first_sound(hear(playout, 4, 5)), 40U * 16);
}

TEST(Playout, PausesAreShorterWhenItPlaysFaster) {
  Playout playout;
  playout.set_tempo(1.25F);
  say(playout, 1, {speech(320, 20), speech(320, 20)}, milliseconds(100));
  const auto heard = hear(playout, 10);
  EXPECT_EQ(std::find(heard.begin() + 320, heard.end(), 20) - heard.begin(), 320 + 800);
}

// --- Tempo

TEST(Playout, FasterPlayoutSaysHowMuchItSaved) {
  Playout playout;
  playout.set_tempo(1.25F);
  EXPECT_FLOAT_EQ(playout.tempo(), 1.25F);
  say(playout, 1, {tone(32000), tone(32000)});
  std::size_t frames = 0;
  audio::Frame frame;
  while (playout.read(frame, frames + 1)) ++frames;
  EXPECT_NEAR(static_cast<double>(frames), 4000.0 / 1.25 / 20, 3.0);
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].spoken, milliseconds(4000));
  EXPECT_NEAR(static_cast<double>(events[1].saved.count()), 800.0, 40.0);
  EXPECT_EQ(events[1].tick, frames);
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, SlowerPlayoutSaysHowMuchLongerItIs) {
  Playout playout;
  playout.set_tempo(0.85F);
  say(playout, 1, {tone(32000), tone(32000)});
  std::size_t frames = 0;
  audio::Frame frame;
  while (playout.read(frame, frames + 1)) ++frames;
  EXPECT_NEAR(static_cast<double>(frames), 4000.0 / 0.85 / 20, 3.0);
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].spoken, milliseconds(4000));
  EXPECT_NEAR(static_cast<double>(events[1].saved.count()), -4000 * (1 / 0.85 - 1), 40.0);
  EXPECT_EQ(events[1].tick, frames);
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, TheBacklogIsAtTheVoicesOwnPaceWhateverTheTempo) {
  for (const float tempo : {0.85F, 1.25F}) {
    Playout playout;
    playout.set_tempo(tempo);
    say(playout, 1, {tone(32000)});
    EXPECT_EQ(playout.backlog(), milliseconds(2000));
    hear(playout, 50);
    EXPECT_NEAR(static_cast<double>(playout.backlog().count()), 2000 - 1000 * tempo, 40.0);
  }
}

TEST(Playout, PausesAreLongerWhenItPlaysSlower) {
  Playout playout;
  playout.set_tempo(0.85F);
  say(playout, 1, {speech(320, 20), speech(320, 20)}, milliseconds(100));
  const auto heard = hear(playout, 10);
  EXPECT_NEAR(std::find(heard.begin() + 320, heard.end(), 20) - heard.begin(), 320 + 1600 * 1.3, 2.0);
}

TEST(Playout, SlowerPlayoutStarvesLaterAndGoesOnWhereItStopped) {
  const auto samples = tone(16000, 315.0);
  std::vector<std::size_t> heard_before;
  for (const float tempo : {1.0F, 0.85F}) {
    Playout playout;
    playout.set_tempo(tempo);
    playout.begin(1);
    playout.write(std::span(samples).first(9600));
    auto heard = hear(playout, 60);
    heard_before.push_back(static_cast<std::size_t>(
        std::find_if(heard.rbegin(), heard.rend(), [](int s) { return s != 0; }).base() - heard.begin()));
    playout.write(std::span(samples).subspan(9600));
    playout.end_phrase();
    playout.end(1);
    const auto rest = hear(playout, 60, 61);
    heard.insert(heard.end(), rest.begin(), rest.end());
    EXPECT_LE(largest_step(heard), largest_step(samples) * 3 / 2) << tempo;
    EXPECT_EQ(events_of(playout).back().spoken, milliseconds(1000)) << "none of it is lost";
  }
  EXPECT_GT(heard_before[1], heard_before[0] + 1200U);
}

TEST(Playout, TheTempoIsKeptInBounds) {
  Playout playout;
  playout.set_tempo(9.0F);
  EXPECT_FLOAT_EQ(playout.tempo(), 1.25F);
  playout.set_tempo(0.1F);
  EXPECT_FLOAT_EQ(playout.tempo(), 0.85F);
}

TEST(Playout, HasteNeverMakesItStarve) {
  Playout playout;
  playout.set_tempo(1.25F);
  playout.begin(1);
  playout.write(tone(400));
  audio::Frame frame;
  for (std::uint64_t tick = 1; tick < 100; ++tick) {
    ASSERT_TRUE(playout.read(frame, tick));
    playout.write(tone(320));
  }
}

// --- Ducking

TEST(Playout, IsQuieterWhileItsListenerTalks) {
  Playout playout;
  say(playout, 1, {speech(16000)});
  hear(playout, 2);
  playout.set_ducked(true);
  const auto down = hear(playout, 6, 3);
  EXPECT_LE(largest_step(down), 2) << "it gets there gradually";
  EXPECT_NEAR(down.back(), 251, 1);
  EXPECT_GT(down[70 * 16], 300);
  playout.set_ducked(false);
  const auto up = hear(playout, 6, 9);
  EXPECT_LE(largest_step(up), 2);
  EXPECT_EQ(up.back(), 1000);
}

// --- Cuts

TEST(Playout, StopsAtThePhrasesEndAndGoesOnWithTheNextUtterance) {
  Playout playout;
  say(playout, 1, {speech(640, 1), speech(6400, 2), speech(640, 3)});
  say(playout, 2, {speech(640, 4)});
  hear(playout, 1);
  playout.stop_at_phrase_end();
  const auto heard = hear(playout, 10, 2);
  EXPECT_EQ(std::ranges::count(heard, 1), 320) << "the phrase is heard to its end";
  EXPECT_EQ(std::ranges::count(heard, 2), 0);
  EXPECT_EQ(std::ranges::count(heard, 3), 0);
  EXPECT_EQ(std::ranges::count(heard, 4), 640);
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[1].kind, Kind::kCut);
  EXPECT_EQ(events[1].utterance, 1U);
  EXPECT_EQ(events[1].tick, 2U);
  EXPECT_EQ(events[1].spoken, milliseconds(40));
  EXPECT_EQ(events[2].kind, Kind::kFirstFrame);
  EXPECT_EQ(events[2].utterance, 2U);
  EXPECT_EQ(events[3].kind, Kind::kLastFrame);
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, WhatIsWrittenOfACutUtteranceLaterIsNotHeard) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(640, 1));
  playout.end_phrase();
  hear(playout, 1);
  playout.stop_at_phrase_end();
  hear(playout, 2, 2);
  EXPECT_FALSE(playout.speaking());
  EXPECT_EQ(events_of(playout).back().kind, Kind::kCut) << "as soon as nothing is heard any more";
  playout.write(speech(3000, 2));
  EXPECT_EQ(first_sound(hear(playout, 2, 4)), 640U);
  playout.write(speech(3000, 2));
  playout.end_phrase();
  playout.end(1);
  say(playout, 2, {speech(320, 3)});
  const auto heard = hear(playout, 4, 6);
  EXPECT_EQ(std::ranges::count(heard, 2), 0);
  EXPECT_EQ(std::ranges::count(heard, 3), 320);
  EXPECT_TRUE(playout.empty());
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].utterance, 2U);
}

TEST(Playout, BetweenTwoPhrasesItStopsAtOnce) {
  Playout playout;
  playout.begin(1);
  playout.write(speech(320, 1));
  playout.end_phrase();
  hear(playout, 3);
  playout.write(speech(200, 2));  // taken, but not enough to be heard
  hear(playout, 1, 4);
  playout.stop_at_phrase_end();
  playout.write(speech(3000, 2));
  playout.end_phrase();
  const auto heard = hear(playout, 10, 5);
  EXPECT_EQ(first_sound(heard), heard.size());
  EXPECT_EQ(events_of(playout).back().tick, 1U);
}

TEST(Playout, AnUtteranceInItsLastPhraseEndsAsAlways) {
  Playout playout;
  say(playout, 1, {speech(640, 1)});
  hear(playout, 1);
  playout.stop_at_phrase_end();
  hear(playout, 3, 2);
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].kind, Kind::kLastFrame);
  say(playout, 2, {speech(640, 1)});
  EXPECT_EQ(std::ranges::count(hear(playout, 3), 1), 640) << "the next one is not concerned";
}

TEST(Playout, ThereIsNothingToStopWhereNobodySpeaks) {
  Playout playout;
  playout.stop_at_phrase_end();
  say(playout, 1, {speech(640, 1), speech(640, 1)});
  EXPECT_EQ(std::ranges::count(hear(playout, 5), 1), 1280);
}

// --- Both threads

TEST(Playout, WriterAndReaderNeverMixUtterancesUp) {
  constexpr std::uint64_t kUtterances = 300;
  Playout playout;
  std::atomic<bool> done{false};
  std::jthread writer([&](const std::stop_token& stop) {
    std::mt19937 random(5);
    for (std::uint64_t id = 1; id <= kUtterances; ++id) {
      playout.begin(id);
      for (auto phrases = 1 + random() % 4; phrases > 0; --phrases) {
        Samples samples(200 + random() % 3000, static_cast<std::int16_t>(id % 30 + 1));
        for (std::span<const std::int16_t> rest = samples; !rest.empty() && !stop.stop_requested();)
          rest = rest.subspan(playout.write(rest.first(std::min<std::size_t>(rest.size(), 1 + random() % 900))));
        playout.end_phrase(milliseconds(random() % 3));
      }
      playout.end(id);
    }
    done = true;
  });

  std::mt19937 random(6);
  std::vector<int> heard(kUtterances + 1, 0);
  std::vector<int> over(kUtterances + 1, 0);
  std::uint64_t now = 0;
  int last = 0;
  std::size_t steady = 0;
  for (std::uint64_t tick = 1; !(done && playout.empty()) && tick < 5'000'000; ++tick) {
    if (random() % 64 == 0) playout.set_tempo(std::array{0.85F, 1.0F, 1.25F}[random() % 3]);
    if (random() % 40 == 0) playout.stop_at_phrase_end();
    audio::Frame frame{};
    playout.read(frame, tick);
    std::uint64_t allowed_from = now;
    for (PlayoutEvent event; playout.pop_event(event);) {
      if (event.kind == Kind::kFirstFrame) {
        EXPECT_EQ(++heard[event.utterance], 1);
        now = event.utterance;
      } else if (event.kind != Kind::kPhrase) {
        EXPECT_EQ(++over[event.utterance], 1) << event.utterance;
      }
    }
    for (const int sample : frame) {
      // Fades pass through other utterances' values, but stay at none.
      steady = sample == last ? steady + 1 : 0;
      last = sample;
      if (sample == 0 || steady < kFadeSamples) continue;
      bool known = false;
      for (std::uint64_t id = allowed_from; id <= now; ++id) known = known || sample == static_cast<int>(id % 30 + 1);
      ASSERT_TRUE(known) << "utterance " << now << " sounds like " << sample;
    }
  }
  for (std::uint64_t id = 1; id <= kUtterances; ++id) {
    EXPECT_EQ(heard[id], 1) << id;
    EXPECT_EQ(over[id], 1) << id;
  }
}

}  // namespace
}  // namespace parley::call
