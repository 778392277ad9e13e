// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/moonshine.h"

#include <thread>

#include <gtest/gtest.h>

#include "engine_support.h"

namespace parley::recognition {
namespace {

using test::kSecond;
using test::prompt;
using test::Samples;
using test::transcribe;
using test::words_of;
using test::operator+;

const std::filesystem::path kDirectory = default_model_directory() / "moonshine-base-en";

const Moonshine& moonshine() {
  static const auto engine = Moonshine::load({.directory = kDirectory, .stream = {}});
  if (!engine) throw std::runtime_error(engine.error().message);
  return **engine;
}

TEST(Moonshine, WritesWhatAPersonSays) {
  const std::vector<std::pair<const char*, const char*>> golden{
      {"vm-newuser", "welcome to comedian mail first i will guide you through a short setup process"},
      {"ss-noservice", "the number you have dialed is not in service please check the number and try again"},
      {"vm-sorry", "i m sorry i did not understand your response"},
      {"vm-whichbox", "to leave a message please enter a mailbox number"}};
  for (const auto& [name, text] : golden) {
    const auto heard = transcribe(moonshine(), prompt(name), "en");
    ASSERT_TRUE(heard) << heard.error().message;
    EXPECT_EQ(words_of(heard->text), text) << name;
    EXPECT_GT(heard->confidence, 0.7);
    EXPECT_LE(heard->confidence, 1.0);
  }
}

TEST(Moonshine, HearsAQuietVoiceOnALineWithAnOffset) {
  Samples speech = prompt("ss-noservice");
  for (auto& sample : speech) sample = static_cast<std::int16_t>(sample / 20 + 2000);
  EXPECT_EQ(words_of(transcribe(moonshine(), speech, "en")->text),
            "the number you have dialed is not in service please check the number and try again");
}

TEST(Moonshine, DropsNothingOfHalfAMinute) {
  const Samples pause = test::silence(kSecond / 2);
  const Samples speech = prompt("vm-newuser") + pause + prompt("ss-noservice") + pause + prompt("vm-msginstruct") +
                         pause + prompt("vm-sorry");
  ASSERT_GT(speech.size(), 27 * kSecond);
  const std::string words = words_of(transcribe(moonshine(), speech, "en")->text);
  for (const char* part :
       {"welcome to comedian mail", "guide you through a short", "check the number and try again",
        "to hear the next message", "to quit voicemail press pound", "did not understand your response"}) {
    EXPECT_NE(words.find(part), std::string::npos) << part << " is missing in: " << words;
  }
}

TEST(Moonshine, InventsNothing) {
  for (const Samples& sound :
       {test::silence(3 * kSecond), test::noise(3 * kSecond, 50.0), test::noise(3 * kSecond, 8000.0),
        test::tone(2 * kSecond, 8000.0, 425.0), Samples{}, test::babble(kSecond / 20)}) {
    const auto heard = transcribe(moonshine(), sound, "en");
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->text, "");
    EXPECT_EQ(heard->confidence, 0.0);
  }
}

TEST(Moonshine, HearsEnglishOnly) {
  EXPECT_TRUE(moonshine().supports(test::language("en")));
  EXPECT_FALSE(moonshine().supports(test::language("pt")));
  const auto stream = moonshine().open({"session", "speaker", test::language("pt")});
  ASSERT_FALSE(stream);
  EXPECT_EQ(stream.error().code, ErrorCode::kUnsupported);
}

TEST(Moonshine, TwoThreadsHearWhatOneHears) {
  const std::vector<std::string> names{"vm-newuser", "vm-sorry", "vm-whichbox", "ss-noservice"};
  std::vector<std::string> alone;
  for (const auto& name : names) alone.push_back(transcribe(moonshine(), prompt(name), "en")->text);
  std::vector<std::vector<std::string>> together(2);
  std::vector<std::thread> threads;
  for (auto& texts : together) {
    threads.emplace_back([&] {
      for (const auto& name : names) texts.push_back(transcribe(moonshine(), prompt(name), "en")->text);
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& texts : together) EXPECT_EQ(texts, alone);
}

TEST(Moonshine, AStreamOutlivesItsEngine) {
  auto engine = Moonshine::load({.directory = kDirectory, .stream = {}}).value();
  auto stream = engine->open({"session", "speaker", test::language("en")}).value();
  engine.reset();
  stream->feed(prompt("vm-sorry"));
  EXPECT_EQ(words_of(stream->finish()->text), "i m sorry i did not understand your response");
}

TEST(Moonshine, MissingAndDamagedFilesAreErrorsThatNameThem) {
  test::DamagedModel model(kDirectory, "parley_moonshine_");
  for (const char* file : {"encoder.onnx", "decoder.onnx", "tokenizer.bin"}) {
    model.remove(file);
    auto engine = Moonshine::load({.directory = model.directory(), .stream = {}});
    ASSERT_FALSE(engine) << file;
    EXPECT_EQ(engine.error().code, ErrorCode::kNotFound) << engine.error().message;
    EXPECT_NE(engine.error().message.find(file), std::string::npos);

    for (const double share : {0.01, 0.5, 0.999}) {
      model.truncate(file, share);
      engine = Moonshine::load({.directory = model.directory(), .stream = {}});
      // A vocabulary that ends between two words cannot be told from a whole one.
      if (engine && std::string(file) == "tokenizer.bin") continue;
      ASSERT_FALSE(engine) << file << ' ' << share;
      EXPECT_EQ(engine.error().code, ErrorCode::kInvalid) << engine.error().message;
      EXPECT_NE(engine.error().message.find(file), std::string::npos) << engine.error().message;
    }
    model.replace(file, "this is no model");
    EXPECT_EQ(Moonshine::load({.directory = model.directory(), .stream = {}}).error().code, ErrorCode::kInvalid);
    model.restore(file);
  }
  // The right kind of file, but the other one.
  std::filesystem::remove(model.directory() / "encoder.onnx");
  std::filesystem::create_symlink(kDirectory / "decoder.onnx", model.directory() / "encoder.onnx");
  EXPECT_EQ(Moonshine::load({.directory = model.directory(), .stream = {}}).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace parley::recognition
