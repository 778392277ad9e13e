// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <deque>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recognition/utterance_stream.h"
#include "test_signals.h"

namespace parley::recognition {
namespace {

using test::kSecond;
using test::Samples;
using test::silence;
using test::operator+;

constexpr std::chrono::seconds kLongest{15};
constexpr std::size_t kStep = kSecond / 4;
constexpr std::size_t kWord = kSecond * 3 / 10;

/// A word of 0.3 s that ListeningEngine knows by its level: "w7".
Samples word(std::size_t number) {
  Samples samples(kWord);
  const auto level = static_cast<std::int16_t>(2000 + 100 * number);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = i / 20 % 2 == 0 ? level : static_cast<std::int16_t>(-level);
  return samples;
}

/// A word after a short pause.
Samples said(std::size_t number) { return silence(kSecond / 10) + word(number); }

/// 0.1 s between words, 0.3 s after every fifth.
Samples monologue(std::size_t words) {
  Samples all;
  for (std::size_t i = 0; i < words; ++i)
    all = std::move(all) + word(i) + silence(i % 5 == 4 ? kSecond * 3 / 10 : kSecond / 10);
  return all;
}

std::string numbers(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "w" : " w") + std::to_string(i);
  return text;
}

/// Hears the words of monologue(); of a word that is cut off it hears another one.
struct ListeningEngine {
  std::vector<std::size_t> pieces;

  RecognizePiece hear() {
    return [this](const PieceRequest& request) {
      pieces.push_back(request.speech.size());
      PieceText text;
      const auto loud = [](float sample) { return std::abs(sample) > 0.03F; };
      for (auto at = std::ranges::find_if(request.speech, loud); at != request.speech.end();
           at = std::find_if(at, request.speech.end(), loud)) {
        const auto end = std::find_if_not(at, request.speech.end(), loud);
        const auto number = std::lround((std::abs(*at) * 32768.0F - 2000.0F) / 100.0F);
        const bool whole = end - at >= static_cast<std::ptrdiff_t>(kWord);
        text.tokens.push_back(
            {.id = number, .text = (whole ? " w" : " cut") + std::to_string(number), .log_probability = -0.1});
        at = end;
      }
      return text;
    };
  }
};

/// Says one text after the other, and remembers what it was asked.
struct ScriptedEngine {
  std::deque<std::string> texts;
  std::size_t asked = 0;
  std::vector<std::int64_t> draft;
  Speech end = Speech::kGoesOn;

  RecognizePiece hear() {
    return [this](const PieceRequest& request) -> Result<PieceText> {
      ++asked;
      draft.assign(request.draft.begin(), request.draft.end());
      end = request.end;
      if (texts.empty()) return fail(ErrorCode::kInternal, "out of order");
      std::istringstream words(texts.front());
      texts.pop_front();
      PieceText text;
      for (std::string each; words >> each;)
        text.tokens.push_back(
            {.id = static_cast<std::int64_t>(each.size()), .text = " " + each, .log_probability = -0.1});
      return text;
    };
  }
};

TEST(IncrementalStream, TellsMoreAndMoreAndSettlesIt) {
  ScriptedEngine engine{{"I", "I want a", "I want to go", "I want to go home.", "I want to go home."}};
  UtteranceStream stream(engine.hear(), kLongest);
  std::vector<std::size_t> agreed;
  std::string text;
  for (int i = 0; i < 4; ++i) {
    stream.feed(said(1));
    auto heard = stream.hypothesis(Speech::kGoesOn).value();
    agreed.push_back(heard.agreed);
    text = heard.text;
  }
  EXPECT_EQ(agreed, (std::vector<std::size_t>{0, 0, 2, 3}));
  EXPECT_EQ(text, "I want to go home.");
  stream.feed(silence(kSecond / 10));
  const auto paused = stream.hypothesis(Speech::kPaused).value();
  EXPECT_EQ(engine.end, Speech::kPaused);
  EXPECT_EQ(paused.agreed, 5U);
  EXPECT_EQ(stream.finish().value().agreed, 5U);
}

TEST(IncrementalStream, TheFinalTextIsNotHeardAgainWhenOnlySilenceFollowedThePause) {
  ScriptedEngine engine{{"yes", "yes please"}};
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(said(1));
  EXPECT_EQ(stream.hypothesis(Speech::kPaused).value().text, "yes");
  EXPECT_EQ(stream.hypothesis(Speech::kPaused).value().text, "yes");
  stream.feed(silence(kSecond / 2) + test::noise(kSecond / 5, 20.0));
  EXPECT_EQ(stream.finish().value().text, "yes");
  EXPECT_EQ(engine.asked, 1U);
}

TEST(IncrementalStream, WhatIsSaidAfterAPauseIsHeardWithWhatCameBefore) {
  ScriptedEngine engine{{"I need", "I need two.", "I need tools now."}};
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(said(1) + said(2));
  ASSERT_TRUE(stream.hypothesis(Speech::kGoesOn));
  stream.feed(said(3));
  EXPECT_EQ(stream.hypothesis(Speech::kPaused).value().text, "I need two.");
  stream.feed(said(4));
  const auto all = stream.finish().value();
  EXPECT_EQ(all.text, "I need tools now.");
  EXPECT_EQ(all.agreed, all.words.size());
  EXPECT_EQ(engine.asked, 3U);
}

TEST(IncrementalStream, TheLastTextIsTheNextDraft) {
  for (const bool draft : {true, false}) {
    ScriptedEngine engine{{"a bb", "a bb ccc"}};
    UtteranceStream stream(engine.hear(), kLongest, {.draft = draft});
    stream.feed(said(1));
    ASSERT_TRUE(stream.hypothesis(Speech::kGoesOn));
    EXPECT_TRUE(engine.draft.empty());
    stream.feed(said(2));
    ASSERT_TRUE(stream.hypothesis(Speech::kGoesOn));
    EXPECT_EQ(engine.draft, draft ? (std::vector<std::int64_t>{1, 2}) : std::vector<std::int64_t>{});
  }
}

TEST(IncrementalStream, AFailureLosesNothing) {
  ScriptedEngine engine{{"one two"}};
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(said(1) + said(2));
  ASSERT_TRUE(stream.hypothesis(Speech::kGoesOn));
  stream.feed(said(3));
  EXPECT_FALSE(stream.hypothesis(Speech::kGoesOn));
  engine.texts = {"one two three"};
  EXPECT_EQ(stream.finish().value().text, "one two three");
}

TEST(IncrementalStream, StartsOverWithoutARun) {
  ScriptedEngine engine{{"forget this", "new"}};
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(said(1));
  ASSERT_TRUE(stream.hypothesis(Speech::kGoesOn));
  stream.start_over();
  EXPECT_EQ(engine.asked, 1U);
  EXPECT_EQ(stream.finish().value().text, "");
  stream.feed(said(1));
  EXPECT_EQ(stream.finish().value().text, "new");
  EXPECT_TRUE(engine.draft.empty());
}

TEST(IncrementalStream, SilenceAndNoiseCostNothingHoweverLong) {
  ListeningEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  const Samples noise = test::noise(120 * kSecond, 40.0);
  for (std::size_t at = 0; at < noise.size(); at += kStep) {
    stream.feed(std::span(noise).subspan(at, kStep));
    EXPECT_EQ(stream.hypothesis(Speech::kGoesOn).value().text, "");
  }
  EXPECT_TRUE(engine.pieces.empty());
  stream.feed(word(3));
  stream.feed(silence(kSecond / 10));
  const auto heard = stream.finish().value();
  EXPECT_EQ(heard.text, "w3");
  EXPECT_LT(engine.pieces.front(), 3 * kSecond) << "the silence is gone";
  EXPECT_NEAR(static_cast<double>(heard.words.front().begin.count()), 120'000.0, 200.0) << "its time is still right";
}

struct Heard {
  Transcript last;
  std::size_t longest = 0;  ///< Samples that the engine heard at once.
};

/// Feeds speech as it comes; checks that settled words never change.
Heard hear_out(ListeningEngine& engine, UtteranceStream& stream, const Samples& speech) {
  Transcript before;
  for (std::size_t at = 0; at < speech.size(); at += kStep) {
    stream.feed(std::span(speech).subspan(at, std::min(kStep, speech.size() - at)));
    auto now = stream.hypothesis(Speech::kGoesOn).value();
    EXPECT_GE(now.agreed, before.agreed);
    EXPECT_LE(now.agreed, now.words.size());
    for (std::size_t i = 0; i < before.agreed; ++i) {
      EXPECT_EQ(now.words[i].text, before.words[i].text) << at;
      EXPECT_EQ(now.words[i].text, "w" + std::to_string(i)) << "a settled word was cut off at " << at;
    }
    before = std::move(now);
  }
  return {stream.finish().value(), std::ranges::max(engine.pieces)};
}

TEST(IncrementalStream, LongSpeechIsCutWithoutLosingOrDoublingAWord) {
  ListeningEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  const auto [all, longest] = hear_out(engine, stream, monologue(150));  // 63 s
  EXPECT_EQ(all.text, numbers(150));
  EXPECT_LT(longest, 10 * kSecond) << "a hypothesis costs the same at the end as at 8 s";
  for (std::size_t i = 1; i < all.words.size(); ++i) {
    EXPECT_LE(all.words[i - 1].begin, all.words[i].begin) << i;
    EXPECT_LE(all.words[i].begin, all.words[i].end);
    EXPECT_NEAR(static_cast<double>(all.words[i].begin.count()),
                400.0 * static_cast<double>(i) + 200.0 * static_cast<double>(i / 5), 550.0)
        << i;
  }
}

TEST(IncrementalStream, WithoutCutsSpeechIsCutOnlyAtTheLongestPiece) {
  ListeningEngine engine;
  UtteranceStream stream(engine.hear(), kLongest, {.cut_after = std::chrono::milliseconds(0)});
  const auto [all, longest] = hear_out(engine, stream, monologue(100));
  EXPECT_EQ(all.text, numbers(100));
  EXPECT_GT(longest, 14 * kSecond);
  EXPECT_LE(longest, 15 * kSecond);
}

TEST(IncrementalStream, SpeechThatWasNeverAskedAboutIsHeardWhole) {
  ListeningEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(monologue(100));
  EXPECT_EQ(stream.finish().value().text, numbers(100));
}

TEST(IncrementalStream, AModelThatStopsAtASentenceHearsTheNextAlone) {
  ListeningEngine engine;
  const auto hear = engine.hear();
  // Hears at most five words at once.
  const RecognizePiece deaf = [&](const PieceRequest& request) {
    auto text = hear(request);
    if (text->tokens.size() > 5) text->tokens.resize(5);
    return text;
  };
  UtteranceStream stream(deaf, kLongest);
  EXPECT_EQ(hear_out(engine, stream, monologue(15)).last.text, numbers(15));
}

TEST(IncrementalStream, ALongPauseInsideAnUtteranceIsForgotten) {
  ListeningEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  const auto [all, longest] =
      hear_out(engine, stream,
               word(0) + silence(kSecond / 10) + word(1) + silence(kSecond / 10) + word(2) + silence(30 * kSecond) +
                   word(3) + silence(kSecond / 10) + word(4) + silence(kSecond));
  EXPECT_EQ(all.text, numbers(5));
  EXPECT_LT(longest, 11 * kSecond);
}

}  // namespace
}  // namespace parley::recognition
