// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/espeak_synthesizer.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "audio/loudness.h"
#include "base/clock.h"
#include "drained.h"
#include "synthesis/phonemes.h"
#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

using testing::drain;
using testing::language;
using testing::say;

const std::vector<std::pair<const char*, const char*>> kSentences = {
    {"en", "Good morning, this is the service desk. How can I help you today?"},
    {"pt", "Bom dia, aqui é da central de atendimento. Como posso ajudar?"},
    {"es", "Buenos días, le atiende el servicio técnico. ¿En qué puedo ayudarle?"},
    {"fr", "Bonjour, vous êtes au service client. Comment puis-je vous aider ?"},
    {"it", "Buongiorno, qui è il servizio clienti. Come posso aiutarla?"},
    {"hi", "नमस्ते, यह ग्राहक सेवा है। मैं आपकी क्या मदद कर सकता हूँ?"},
};

const EspeakSynthesizer& espeak() {
  static const auto engine = EspeakSynthesizer::load().value();
  return *engine;
}

double seconds(const std::vector<std::int16_t>& samples) { return static_cast<double>(samples.size()) / 16000.0; }

/// The highest pitch, 70…350 Hz, at which it is nearly as much like itself as at any.
double pitch_of(const std::vector<std::int16_t>& samples) {
  std::vector<double> likeness;
  for (std::size_t lag = 16000 / 350; lag <= 16000 / 70; ++lag) {
    likeness.push_back(0.0);
    for (std::size_t i = 0; i + lag < samples.size(); ++i)
      likeness.back() += static_cast<double>(samples[i]) * samples[i + lag];
  }
  const double enough = 0.75 * std::ranges::max(likeness);
  const auto found = std::ranges::find_if(likeness, [=](double value) { return value >= enough; });
  return 16000.0 / static_cast<double>(16000 / 350 + (found - likeness.begin()));
}

/// Its noise is another each time, so the same text is only about as long as before.
void expect_about_as_long(const std::vector<std::int16_t>& one, const std::vector<std::int16_t>& other) {
  EXPECT_NEAR(seconds(one), seconds(other), 0.05 * seconds(other));
}

TEST(Espeak, SpeaksTheLanguagesOfKokoro) {
  for (const auto& [code, sentence] : kSentences) {
    ASSERT_TRUE(espeak().supports(language(code)));
    const auto voice = espeak().default_voice(language(code));
    EXPECT_FALSE(voice.empty());
    const auto said = say(espeak(), {.phrase = sentence, .language = language(code), .voice = voice});
    ASSERT_TRUE(said) << said.error().message;
    EXPECT_GT(seconds(*said), 2.0) << code;
    EXPECT_LT(seconds(*said), 8.0) << code;
  }
  EXPECT_FALSE(espeak().supports(language("ja")));
  EXPECT_EQ(espeak().default_voice(language("ja")), "");
}

TEST(Espeak, IsAsLoudAsKokoro) {
  for (const auto& [code, sentence] : kSentences) {
    for (const char* voice : {"xf_any", "xm_any"}) {
      const auto said = say(espeak(), {.phrase = sentence, .language = language(code), .voice = voice}).value();
      audio::LoudnessMeter meter;
      meter.add(said);
      EXPECT_NEAR(meter.integrated().value(), -19.7, 2.0) << code << " " << voice;
      EXPECT_LT(*std::ranges::max_element(said, {}, [](int sample) { return std::abs(sample); }), 32767);
    }
  }
}

TEST(Espeak, GivesTheFirstSoundAtOnceAndTheRestInChunks) {
  const std::string text =
      "The order was sent on Monday, and it should be with you by the end of the week. If it does not come by then, "
      "please call again, and we will send another one at once; you do not need to pay for it.";
  const auto began = SteadyClock::now();
  const auto stream = espeak().synthesize({.phrase = text, .language = language("en"), .voice = ""}).value();
  EXPECT_GT(stream->position().expected, milliseconds(5000));
  auto chunk = stream->next();
  const double first_ms = elapsed_ms(began);
  EXPECT_LT(first_ms, 200.0) << "some milliseconds on an idle core";
  RecordProperty("first_ms", std::to_string(first_ms));
  std::size_t chunks = 0;
  std::size_t samples = 0;
  for (; chunk && !chunk->empty(); chunk = stream->next(), ++chunks) {
    samples += chunk->size();
    EXPECT_LE(chunk->size(), 4000U);
    EXPECT_EQ(stream->position().given, milliseconds(samples / 16));
    EXPECT_GE(stream->position().expected, stream->position().given);
  }
  ASSERT_TRUE(chunk);
  EXPECT_GT(chunks, 20U);
  EXPECT_EQ(stream->position().expected, stream->position().given);
  EXPECT_TRUE(stream->next().value().empty()) << "the end stays the end";
}

TEST(Espeak, SpeedChangesTheDuration) {
  const auto of = [](double speed) {
    return seconds(say(espeak(), {.phrase = kSentences[0].second, .language = language("en"), .speed = speed}).value());
  };
  const double normal = of(1.0);
  EXPECT_NEAR(of(1.5), normal / 1.5, 0.25 * normal);
  EXPECT_GT(of(0.7), normal * 1.2);
  EXPECT_NEAR(of(1.0), normal, 0.05 * normal) << "and does not stay";
}

TEST(Espeak, AKokoroVoiceStandsForOneOfTheSameSexAndAccent) {
  const auto of = [](const char* voice) {
    return say(espeak(), {.phrase = "Hello there, my friend.", .language = language("en"), .voice = voice}).value();
  };
  for (const char* woman : {"", "af_heart", "bf_emma", "en-us+f3"}) EXPECT_GT(pitch_of(of(woman)), 150.0) << woman;
  for (const char* man : {"am_michael", "bm_george", "en-us"}) EXPECT_LT(pitch_of(of(man)), 130.0) << man;
}

TEST(Espeak, SaysWhatIsWrongWithARequest) {
  const auto code_of = [](const SynthesisRequest& request) { return espeak().synthesize(request).error().code; };
  EXPECT_EQ(code_of({.phrase = "…", .language = language("en")}), ErrorCode::kInvalid);
  EXPECT_EQ(code_of({.phrase = "", .language = language("en")}), ErrorCode::kInvalid);
  EXPECT_EQ(code_of({.phrase = "a", .language = language("en"), .speed = 3.0}), ErrorCode::kInvalid);
  EXPECT_EQ(code_of({.phrase = "a", .language = language("ja")}), ErrorCode::kUnsupported);
  EXPECT_EQ(code_of({.phrase = "a", .language = language("en"), .voice = "nobody"}), ErrorCode::kNotFound);
}

TEST(Espeak, WhateverTextComesItSpeaksOrSaysWhyNot) {
  for (const char* text : {"<speak>hi</speak>", "[[h@l'oU]]", "\xff\xfe\xfa word", "1234567890123456789012345678901",
                           "a\nb\tc", "العربية 中文 emoji 😀 ok", "((((((a", "A.B.C.D.E.", "%%% &amp; $1,000.00"}) {
    const auto said = say(espeak(), {.phrase = text, .language = language("en")});
    ASSERT_TRUE(said) << text << ": " << said.error().message;
    EXPECT_GT(said->size(), 1000U) << text;
  }
  std::string endless;
  for (int i = 0; i < 400; ++i) endless += "word ";
  EXPECT_GT(seconds(say(espeak(), {.phrase = endless, .language = language("en")}).value()), 60.0);
}

TEST(Espeak, CancelledSpeechStopsAndTheNextIsWhole) {
  const SynthesisRequest request{.phrase = kSentences[0].second, .language = language("en")};
  const auto whole = say(espeak(), request).value();
  const auto stream = espeak().synthesize(request).value();
  ASSERT_TRUE(stream->next());
  stream->cancel();
  EXPECT_EQ(stream->next().error().code, ErrorCode::kCancelled);
  const auto unheard = espeak().synthesize(request).value();
  unheard->cancel();
  EXPECT_EQ(unheard->next().error().code, ErrorCode::kCancelled);
  expect_about_as_long(say(espeak(), request).value(), whole);
}

TEST(Espeak, SpeaksWhileOthersSpeakAndWhilePhonemesAreAsked) {
  std::vector<std::vector<std::int16_t>> expected;
  for (const auto& [code, sentence] : kSentences)
    expected.push_back(say(espeak(), {.phrase = sentence, .language = language(code)}).value());
  const auto phonemes = [](const char* code, const char* text) {
    return to_phonemes(text_for_speech(text, language(code)), *find_accent(language(code), {})).value();
  };
  const auto english = phonemes("en", "Hello! How are you?");
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < 2; ++i) {
    threads.emplace_back([&, i] {
      for (std::size_t n = 0; n < 12; ++n) {
        const auto& [code, sentence] = kSentences[(n + i) % kSentences.size()];
        expect_about_as_long(say(espeak(), {.phrase = sentence, .language = language(code)}).value(),
                             expected[(n + i) % kSentences.size()]);
      }
    });
  }
  threads.emplace_back([&] {
    for (int n = 0; n < 100; ++n) EXPECT_EQ(phonemes("en", "Hello! How are you?"), english);
  });
}

}  // namespace
}  // namespace parley::synthesis
