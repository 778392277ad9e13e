// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <numeric>
#include <sstream>

#include <gtest/gtest.h>

#include "engine_support.h"
#include "recognition/registry.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

using test::kSecond;
using test::prompt;
using test::Samples;
using test::words_of;
using test::operator+;

constexpr std::size_t kStep = kSecond / 4;

std::shared_ptr<const Recognizer> engine(std::string_view code, bool draft = true) {
  const std::vector languages{test::language(code)};
  RecognitionConfig config;
  config.stream.draft = draft;
  return Recognizers::load(config, languages).value().for_language(languages.front()).value();
}

std::vector<std::string> list(const std::string& text) {
  std::istringstream stream(words_of(text));
  return {std::istream_iterator<std::string>(stream), {}};
}

std::size_t words_wrong(const std::vector<std::string>& said, const std::vector<std::string>& heard) {
  std::vector<std::size_t> costs(heard.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  for (std::size_t i = 0; i < said.size(); ++i) {
    std::size_t diagonal = std::exchange(costs[0], i + 1);
    for (std::size_t j = 0; j < heard.size(); ++j) {
      const std::size_t replaced = diagonal + (said[i] == heard[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({costs[j + 1] + 1, costs[j] + 1, replaced});
    }
  }
  return costs.back();
}

/// Feeds speech as it comes; what was settled must stay.
Transcript hear_out(const Recognizer& recognizer, const Samples& speech, std::string_view code) {
  auto stream = recognizer.open({"test", "test", test::language(code)}).value();
  Transcript before;
  for (std::size_t at = 0; at < speech.size(); at += kStep) {
    stream->feed(std::span(speech).subspan(at, std::min(kStep, speech.size() - at)));
    auto now = stream->hypothesis(Speech::kGoesOn).value();
    EXPECT_GE(now.agreed, before.agreed);
    for (std::size_t i = 0; i < before.agreed; ++i)
      EXPECT_EQ(word_key(now.words[i].text), word_key(before.words[i].text)) << now.text;
    before = std::move(now);
  }
  stream->feed(test::silence(kSecond / 10));
  EXPECT_TRUE(stream->hypothesis(Speech::kPaused));
  return stream->finish().value();
}

/// One utterance out of several, with what each says heard alone.
struct Monologue {
  Samples speech;
  std::vector<std::string> words;

  void add(const Recognizer& recognizer, const Samples& part, std::string_view code) {
    if (!speech.empty()) speech = std::move(speech) + test::silence(kSecond * 4 / 10);
    speech = std::move(speech) + part;
    for (auto& word : list(test::transcribe(recognizer, part, code).value().text)) words.push_back(std::move(word));
  }
};

TEST(IncrementalMoonshine, LosesAndDoublesNothingOfHalfAMinute) {
  const auto moonshine = engine("en");
  Monologue monologue;
  for (const char* name : {"vm-newuser", "ss-noservice", "vm-msginstruct", "vm-sorry", "vm-whichbox", "dir-intro"})
    monologue.add(*moonshine, prompt(name), "en");
  ASSERT_GT(monologue.speech.size(), 35 * kSecond);
  const auto heard = hear_out(*moonshine, monologue.speech, "en");
  EXPECT_LE(words_wrong(monologue.words, list(heard.text)), monologue.words.size() / 12) << heard.text;
  EXPECT_TRUE(std::ranges::is_sorted(heard.words, {}, &Word::begin));
  EXPECT_LE(heard.words.back().end.count(), static_cast<std::int64_t>(monologue.speech.size() / 16 + 100));
}

TEST(IncrementalWhisper, LosesAndDoublesNothingOfHalfAMinute) {
  RecognitionConfig config;
  config.engines.clear();
  const std::vector languages{test::language("en")};
  const auto whisper = Recognizers::load(config, languages).value().for_language(languages.front()).value();
  Monologue monologue;
  for (const char* name : {"vm-newuser", "ss-noservice", "vm-msginstruct", "vm-sorry", "vm-whichbox", "dir-intro"})
    monologue.add(*whisper, prompt(name), "en");
  const auto heard = hear_out(*whisper, monologue.speech, "en");
  EXPECT_LE(words_wrong(monologue.words, list(heard.text)), monologue.words.size() / 12) << heard.text;
}

TEST(IncrementalMoonshine, HearsTheSameWithAndWithoutADraft) {
  const auto with = engine("en");
  const auto without = engine("en", /*draft=*/false);
  for (const char* name : {"vm-newuser", "ss-noservice", "vm-sorry"})
    EXPECT_EQ(words_of(hear_out(*with, prompt(name), "en").text),
              words_of(hear_out(*without, prompt(name), "en").text));
}

TEST(IncrementalWhisper, HearsTheSameWithAndWithoutADraft) {
  const auto with = engine("pt");
  const auto without = engine("pt", /*draft=*/false);
  for (const char* name : {"pt-endereco.flac", "pt-reuniao.flac"}) {
    const auto speech = test::recording(name);
    EXPECT_EQ(words_of(hear_out(*with, speech, "pt").text), words_of(hear_out(*without, speech, "pt").text));
  }
}

TEST(IncrementalWhisper, HearsWhatTheWholeUtteranceSays) {
  const auto whisper = engine("pt");
  EXPECT_EQ(words_of(hear_out(*whisper, test::recording("pt-endereco.flac"), "pt").text),
            "você pode me enviar o endereço por mensagem por favor");
}

TEST(IncrementalEngines, InventNothingInNoise) {
  for (const char* code : {"en", "pt"}) {
    const auto recognizer = engine(code);
    for (const Samples& sound :
         {test::noise(6 * kSecond, 50.0), test::noise(6 * kSecond, 8000.0), test::silence(6 * kSecond)})
      EXPECT_EQ(hear_out(*recognizer, sound, code).text, "");
  }
}

}  // namespace
}  // namespace parley::recognition
