// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utterance_stream.h"

#include <numeric>
#include <sstream>

#include <gtest/gtest.h>

#include "recognition/speech_cutter.h"
#include "recognition/speech_gate.h"
#include "test_signals.h"

namespace parley::recognition {
namespace {

using test::babble;
using test::kSecond;
using test::noise;
using test::Samples;
using test::silence;
using test::tone;
using test::operator+;

TEST(SpeechGate, LetsSpeechThrough) {
  EXPECT_TRUE(may_hold_words(babble(kSecond)));
  EXPECT_TRUE(may_hold_words(babble(kSecond, 150.0))) << "a very quiet voice, -50 dBFS";
  EXPECT_TRUE(may_hold_words(noise(3 * kSecond, 300.0) + babble(kSecond / 2)));
}

TEST(SpeechGate, StopsSilenceNoiseAndClicks) {
  EXPECT_FALSE(may_hold_words({}));
  EXPECT_FALSE(may_hold_words(silence(5 * kSecond)));
  EXPECT_FALSE(may_hold_words(Samples(kSecond, 5000))) << "an offset";
  EXPECT_FALSE(may_hold_words(noise(5 * kSecond, 30.0))) << "line noise";
  EXPECT_FALSE(may_hold_words(noise(5 * kSecond, 10000.0))) << "steady loud noise";
  EXPECT_FALSE(may_hold_words(tone(5 * kSecond, 10000.0))) << "a dial tone";
  EXPECT_FALSE(may_hold_words(silence(kSecond) + tone(kSecond / 20, 10000.0) + silence(kSecond))) << "a click of 50 ms";
  EXPECT_FALSE(may_hold_words(babble(kSecond / 12))) << "less than 0.1 s in all";
}

TEST(SpeechCutter, KeepsEverySampleInOrder) {
  const Samples speech = babble(40 * kSecond + 123);
  const auto pieces = cut_speech(speech, 15 * kSecond);
  ASSERT_GE(pieces.size(), 3U);
  const std::int16_t* next = speech.data();
  for (const auto piece : pieces) {
    EXPECT_EQ(piece.data(), next);
    EXPECT_LE(piece.size(), 15 * kSecond);
    next += piece.size();
  }
  EXPECT_EQ(next, speech.data() + speech.size());
}

TEST(SpeechCutter, CutsInTheMiddleOfAPause) {
  const Samples speech = babble(12 * kSecond) + silence(kSecond) + babble(10 * kSecond);
  const auto pieces = cut_speech(speech, 15 * kSecond);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_GT(pieces[0].size(), 12 * kSecond);
  EXPECT_LT(pieces[0].size(), 13 * kSecond);
}

TEST(SpeechCutter, ShortSpeechStaysWhole) {
  EXPECT_TRUE(cut_speech({}, kSecond).empty());
  EXPECT_EQ(cut_speech(babble(kSecond), kSecond).size(), 1U);
}

constexpr std::chrono::seconds kLongest{15};

/// The answer of a model: a token for each word.
PieceText says(const std::string& text, bool complete = true) {
  PieceText answer{.tokens = {}, .end_log_probability = -0.25, .complete = complete};
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    answer.tokens.push_back({.id = 0, .text = " " + word, .log_probability = -0.25});
  }
  return answer;
}

/// An engine that counts what it is given.
struct CountingEngine {
  std::vector<std::size_t> pieces;
  Result<PieceText> answer = says("word");

  RecognizePiece hear() {
    return [this](const PieceRequest& request) {
      pieces.push_back(request.speech.size());
      return answer;
    };
  }
};

TEST(UtteranceStream, GivesTheEngineEverythingThatWasFed) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  const Samples speech = babble(3 * kSecond);
  for (std::size_t at = 0; at < speech.size(); at += 320) stream.feed(std::span(speech).subspan(at, 320));
  const auto transcript = stream.finish();
  ASSERT_TRUE(transcript);
  EXPECT_EQ(transcript->text, "word");
  EXPECT_NEAR(transcript->confidence, std::exp(-0.25), 1e-9);
  EXPECT_EQ(engine.pieces, std::vector<std::size_t>{speech.size()});
}

TEST(UtteranceStream, TakesTheOffsetAway) {
  double sum = 1.0;
  UtteranceStream stream(
      [&](const PieceRequest& request) {
        const auto speech = request.speech;
        sum = std::accumulate(speech.begin(), speech.end(), 0.0) / static_cast<double>(speech.size());
        return PieceText{};
      },
      kLongest);
  Samples speech = babble(kSecond);
  for (auto& sample : speech) sample = static_cast<std::int16_t>(sample + 3000);
  stream.feed(speech);
  ASSERT_TRUE(stream.finish());
  EXPECT_NEAR(sum, 0.0, 1e-5);
}

TEST(UtteranceStream, DoesNotAskTheEngineAboutSilenceOrNothing) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  EXPECT_EQ(stream.finish().value().text, "");
  stream.feed(silence(20 * kSecond));
  const auto transcript = stream.finish().value();
  EXPECT_EQ(transcript.text, "");
  EXPECT_EQ(transcript.confidence, 0.0);
  EXPECT_TRUE(engine.pieces.empty());
}

TEST(UtteranceStream, JoinsThePiecesOfLongSpeech) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  const Samples speech = babble(40 * kSecond);
  stream.feed(speech);
  std::string words = "word";
  const auto text = stream.finish().value().text;
  for (std::size_t i = 1; i < engine.pieces.size(); ++i) words += " word";
  EXPECT_EQ(text, words);
  EXPECT_EQ(std::accumulate(engine.pieces.begin(), engine.pieces.end(), std::size_t{0}), speech.size());
}

TEST(UtteranceStream, IsEmptyAfterwardsAndTakesTheNext) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  stream.feed(babble(kSecond));
  ASSERT_TRUE(stream.finish());
  stream.feed(babble(2 * kSecond));
  ASSERT_TRUE(stream.finish());
  EXPECT_EQ(engine.pieces, (std::vector<std::size_t>{kSecond, 2 * kSecond}));
}

TEST(UtteranceStream, CutsALoopOnlyWhereTheModelDidNotEnd) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  engine.answer = says("No, no, no.");
  stream.feed(babble(kSecond));
  EXPECT_EQ(stream.finish().value().text, "No, no, no.");
  engine.answer = says("No, no, no.", false);
  stream.feed(babble(kSecond));
  EXPECT_EQ(stream.finish().value().text, "No,");
}

TEST(UtteranceStream, AFailingEngineIsAnErrorAndNotTheEnd) {
  CountingEngine engine;
  UtteranceStream stream(engine.hear(), kLongest);
  engine.answer = fail(ErrorCode::kInternal, "out of order");
  stream.feed(babble(kSecond));
  EXPECT_EQ(stream.finish().error().message, "out of order");
  engine.answer = says("again");
  stream.feed(babble(kSecond));
  EXPECT_EQ(stream.finish().value().text, "again");
}

}  // namespace
}  // namespace parley::recognition
