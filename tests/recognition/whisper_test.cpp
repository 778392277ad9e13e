// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper.h"

#include <thread>

#include <gtest/gtest.h>

#include "engine_support.h"
#include "recognition/registry.h"

namespace parley::recognition {
namespace {

using test::kSecond;
using test::prompt;
using test::Samples;
using test::transcribe;
using test::words_of;
using test::operator+;

const std::filesystem::path kDirectory = default_model_directory() / "whisper-base";

const Whisper& whisper() {
  static const auto engine = Whisper::load({.directory = kDirectory, .stream = {}});
  if (!engine) throw std::runtime_error(engine.error().message);
  return **engine;
}

TEST(Whisper, WritesPortuguese) {
  const auto address = transcribe(whisper(), test::recording("pt-endereco.flac"), "pt");
  ASSERT_TRUE(address) << address.error().message;
  EXPECT_EQ(words_of(address->text), "você pode me enviar o endereço por mensagem por favor");
  EXPECT_GT(address->confidence, 0.6);
  EXPECT_LE(address->confidence, 1.0);
  EXPECT_EQ(words_of(transcribe(whisper(), test::recording("pt-reuniao.flac"), "pt")->text),
            "a reunião foi adiada para a próxima segunda feira");
}

TEST(Whisper, WritesEnglish) {
  EXPECT_EQ(words_of(transcribe(whisper(), prompt("vm-sorry"), "en")->text),
            "i m sorry i did not understand your response");
  EXPECT_EQ(words_of(transcribe(whisper(), prompt("ss-noservice"), "en")->text),
            "the number you have dialed is not in service please check the number and try again");
}

TEST(Whisper, ALoopInTheFirstWindowIsHeardAgainInALongerOne) {
  // With one second of silence behind it Whisper base repeats the end of this one until it is stopped, with three too.
  EXPECT_EQ(words_of(transcribe(whisper(), prompt("dictate/play_help"), "en")->text),
            "press 1 to switch to record mode press 2 to toggle fast playback press 7 to jump backwards press 8 to "
            "jump forwards");
}

TEST(Whisper, DropsNothingOfFortySeconds) {
  const Samples pause = test::silence(kSecond / 2);
  Samples speech = prompt("vm-newuser") + pause + prompt("ss-noservice") + pause + prompt("vm-msginstruct") + pause +
                   prompt("vm-sorry");
  speech = speech + pause + prompt("queue-periodic-announce") + pause + prompt("vm-whichbox");
  ASSERT_GT(speech.size(), 36 * kSecond);
  const std::string words = words_of(transcribe(whisper(), speech, "en")->text);
  for (const char* part : {"welcome to comedian mail", "guide you through a short", "check the number and try again",
                           "to hear the next message", "to quit voicemail press pound",
                           "did not understand your response", "currently busy", "enter a mailbox number"}) {
    EXPECT_NE(words.find(part), std::string::npos) << part << " is missing in: " << words;
  }
}

TEST(Whisper, InventsNothing) {
  for (const Samples& sound :
       {test::silence(3 * kSecond), test::noise(3 * kSecond, 50.0), test::noise(3 * kSecond, 8000.0),
        test::tone(2 * kSecond, 8000.0, 425.0), Samples{}, test::babble(kSecond / 20)}) {
    const auto heard = transcribe(whisper(), sound, "pt");
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "");
    EXPECT_EQ(heard->confidence, 0.0);
  }
}

TEST(Whisper, HearsTheLanguagesOfItsTokenizerOnly) {
  for (const char* code : {"en", "pt", "es", "de", "ja", "hi", "sw"})
    EXPECT_TRUE(whisper().supports(test::language(code))) << code;
  EXPECT_FALSE(whisper().supports(test::language("xx")));
  const auto stream = whisper().open({"session", "speaker", test::language("xx")});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::kUnsupported);
}

TEST(Whisper, TwoThreadsHearWhatOneHears) {
  const std::vector<Samples> recordings{test::recording("pt-endereco.flac"), test::recording("pt-reuniao.flac")};
  std::vector<std::string> alone;
  for (const auto& speech : recordings) alone.push_back(transcribe(whisper(), speech, "pt")->text);
  std::vector<std::vector<std::string>> together(2);
  std::vector<std::thread> threads;
  for (auto& texts : together) {
    threads.emplace_back([&] {
      for (const auto& speech : recordings) texts.push_back(transcribe(whisper(), speech, "pt")->text);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& texts : together) EXPECT_EQ(texts, alone);
}

TEST(Whisper, MissingAndDamagedFilesAreErrorsThatNameThem) {
  test::DamagedModel model(kDirectory, "parley_whisper_");
  for (const char* file : {"model.bin", "config.json", "tokenizer.json"}) {
    model.remove(file);
    auto engine = Whisper::load({.directory = model.directory(), .stream = {}});
    ASSERT_FALSE(engine) << file;
    EXPECT_EQ(engine.error().code, ErrorCode::kNotFound) << engine.error().message;
    EXPECT_NE(engine.error().message.find(file), std::string::npos);
    EXPECT_NE(engine.error().message.find("make models"), std::string::npos);

    for (const double share : {0.0, 0.01, 0.5, 0.999}) {
      model.truncate(file, share);
      engine = Whisper::load({.directory = model.directory(), .stream = {}});
      ASSERT_FALSE(engine) << file << ' ' << share;
      EXPECT_EQ(engine.error().code, ErrorCode::kInvalid) << engine.error().message;
    }
    model.restore(file);
  }
  model.replace("model.bin", std::string(1'000'000, '\x7F'));
  EXPECT_EQ(Whisper::load({.directory = model.directory(), .stream = {}}).error().code, ErrorCode::kInvalid);
  model.restore("model.bin");
  model.remove("vocabulary.txt");
  EXPECT_EQ(Whisper::load({.directory = model.directory(), .stream = {}}).error().code, ErrorCode::kInvalid);
}

TEST(Whisper, RefusesAWindowOutOfRange) {
  EXPECT_EQ(Whisper::load({kDirectory, 1, std::chrono::seconds(3), {}}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Whisper::load({kDirectory, 1, std::chrono::seconds(60), {}}).error().code, ErrorCode::kInvalid);
}

TEST(Recognizers, ChooseTheEngineByLanguage) {
  const std::vector languages{test::language("en"), test::language("pt")};
  const auto recognizers = Recognizers::load({}, languages);
  ASSERT_TRUE(recognizers) << recognizers.error().message;
  EXPECT_EQ((*recognizers->for_language(test::language("en")))->name(), "moonshine");
  EXPECT_EQ((*recognizers->for_language(test::language("pt")))->name(), "whisper");
  EXPECT_EQ((*recognizers->for_language(test::language("es")))->name(), "whisper");
  EXPECT_EQ(recognizers->for_language(test::language("xx")).error().code, ErrorCode::kUnsupported);
}

TEST(Recognizers, WhatIsThereForAnotherLanguageHearsEnglishToo) {
  const std::vector languages{test::language("en"), test::language("pt")};
  const auto recognizers = Recognizers::load({}, languages);
  ASSERT_TRUE(recognizers) << recognizers.error().message;
  const auto chain = recognizers->chain_for(test::language("en"));
  ASSERT_EQ(chain.size(), 2U);
  EXPECT_EQ(chain[0]->name(), "moonshine");
  EXPECT_EQ(chain[1], *recognizers->for_language(test::language("pt"))) << "the same engine: no more memory";
  EXPECT_EQ(words_of(transcribe(*chain[1], prompt("vm-sorry"), "en")->text),
            "i m sorry i did not understand your response");
  EXPECT_EQ(recognizers->chain_for(test::language("pt")).size(), 1U);
  EXPECT_TRUE(recognizers->chain_for(test::language("xx")).empty());
}

TEST(Recognizers, AnEngineThatDoesNotKnowItsLanguageIsRefusedAtOnce) {
  RecognitionConfig config;
  config.default_engine = "moonshine";
  const std::vector languages{test::language("pt")};
  EXPECT_EQ(Recognizers::load(config, languages).error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace parley::recognition
