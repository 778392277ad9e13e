// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/vad.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include <gtest/gtest.h>

#include "audio/endpointer.h"
#include "audio/wav.h"
#include "base/paths.h"

namespace parley::audio {
namespace {

using Samples = std::vector<std::int16_t>;

std::shared_ptr<const VadModel> model() {
  static const auto loaded = VadModel::load(default_model_directory() / "silero_vad.onnx");
  if (!loaded) throw std::runtime_error(loaded.error().message);
  return *loaded;
}

/// A person reads; 8 kHz telephone quality.
Samples prompt(const char* name) {
  return read_recording(cache_directory() / "sounds" / "en_US_f_Allison" / (std::string(name) + ".wav")).value();
}

std::vector<SpeechProbability> run(VadStream& stream, const Samples& samples) {
  std::vector<SpeechProbability> windows;
  for (std::size_t at = 0; at + kFrameSamples <= samples.size(); at += kFrameSamples) {
    Frame frame;
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), frame.size(), frame.begin());
    const auto window = stream.feed(frame).value();
    if (window) windows.push_back(*window);
  }
  return windows;
}

std::vector<SpeechProbability> run(const Samples& samples) {
  VadStream stream(model());
  return run(stream, samples);
}

float highest(const std::vector<SpeechProbability>& windows) {
  float best = 0.0F;
  for (const auto& window : windows) best = std::max(best, window.value);
  return best;
}

double share_of_speech(const std::vector<SpeechProbability>& windows) {
  const auto voiced = std::ranges::count_if(windows, [](const auto& window) { return window.value > 0.5F; });
  return static_cast<double>(voiced) / static_cast<double>(windows.size());
}

Samples noise(std::size_t count, double amplitude) {
  std::uint32_t state = 1;
  Samples samples(count);
  for (auto& sample : samples) {
    state = state * 1664525U + 1013904223U;
    sample = static_cast<std::int16_t>(amplitude * (static_cast<double>(state) / 2147483648.0 - 1.0));
  }
  return samples;
}

TEST(Vad, WindowsFollowEachOtherAt32Milliseconds) {
  const auto windows = run(Samples(kFrameSamples * 80));
  ASSERT_EQ(windows.size(), 50U);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    EXPECT_EQ(windows[i].begin, static_cast<SamplePosition>(i * kVadWindow));
    EXPECT_EQ(windows[i].end, static_cast<SamplePosition>((i + 1) * kVadWindow));
  }
}

TEST(Vad, HearsAPersonSpeak) {
  const auto windows = run(prompt("vm-review"));
  EXPECT_GT(highest(windows), 0.95F);
  EXPECT_GT(share_of_speech(windows), 0.7);
}

TEST(Vad, DoesNotHearSilenceOrLineNoise) {
  EXPECT_LT(highest(run(Samples(30 * kSampleRate))), 0.2F);
  EXPECT_LT(highest(run(noise(30 * kSampleRate, 60.0))), 0.5F) << "comfort noise, -60 dBFS";
  EXPECT_LT(highest(run(noise(30 * kSampleRate, 600.0))), 0.5F) << "a bad line, -40 dBFS";
}

TEST(Vad, AnOffsetChangesLittle) {
  Samples shifted = prompt("vm-review");
  for (auto& sample : shifted) sample = static_cast<std::int16_t>(std::clamp(sample + 6000, -32768, 32767));
  EXPECT_NEAR(share_of_speech(run(shifted)), share_of_speech(run(prompt("vm-review"))), 0.05);
  EXPECT_LT(highest(run(Samples(10 * kSampleRate, 6000))), 0.5F);
}

TEST(Vad, HearsAQuietVoice) {
  Samples quiet = prompt("vm-review");
  for (auto& sample : quiet) sample = static_cast<std::int16_t>(sample / 16);
  EXPECT_GT(share_of_speech(run(quiet)), 0.6);
}

TEST(Vad, HearsSpeechAfterALongSilenceAsBefore) {
  VadStream stream(model());
  run(stream, noise(120 * kSampleRate, 30.0));
  EXPECT_NEAR(share_of_speech(run(stream, prompt("vm-review"))), share_of_speech(run(prompt("vm-review"))), 0.05);
}

TEST(Vad, StreamsOfOneModelDoNotDisturbEachOther) {
  const Samples speech = prompt("vm-review");
  const Samples other = prompt("tt-allbusy");
  const auto alone = run(speech);
  VadStream first(model());
  VadStream second(model());
  std::vector<SpeechProbability> together;
  for (std::size_t at = 0; at + kFrameSamples <= std::min(speech.size(), other.size()); at += kFrameSamples) {
    const auto frame_of = [&](const Samples& samples) {
      return Samples(samples.begin() + static_cast<std::ptrdiff_t>(at),
                     samples.begin() + static_cast<std::ptrdiff_t>(at + kFrameSamples));
    };
    for (const auto& window : run(first, frame_of(speech))) together.push_back(window);
    run(second, frame_of(other));
  }
  for (std::size_t i = 0; i < together.size(); ++i) EXPECT_FLOAT_EQ(together[i].value, alone[i].value);
}

TEST(Vad, ManyJudgedAtOnceAreJudgedAsEachAlone) {
  const Samples speech = prompt("tt-allbusy");
  constexpr std::size_t kStreams = 40;  // More than go into one run.
  std::vector<VadStream> together(kStreams, VadStream(model()));
  std::vector<VadStream> alone = together;
  VadBatch batch;
  const auto frame_of = [&](std::size_t stream, std::size_t number) {
    Frame frame;
    const std::size_t at = (number * kFrameSamples + stream * 1777) % (speech.size() - kFrameSamples);
    std::copy_n(speech.begin() + static_cast<std::ptrdiff_t>(at), frame.size(), frame.begin());
    return frame;
  };
  // They join one after the other, so that their windows are complete at different times.
  for (std::size_t number = 0; number < 100; ++number) {
    std::vector<SpeechProbability> expected;
    for (std::size_t i = 0; i < std::min(number + 1, kStreams); ++i) {
      const Frame frame = frame_of(i, number);
      if (together[i].take(frame)) batch.add(together[i]);
      if (const auto window = alone[i].feed(frame).value()) expected.push_back(*window);
    }
    const auto& judged = batch.judge();
    ASSERT_EQ(judged.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_TRUE(judged[i]);
      EXPECT_EQ(judged[i]->end, expected[i].end);
      EXPECT_NEAR(judged[i]->value, expected[i].value, 1e-4F);
    }
  }
}

TEST(Vad, WithAnEndpointerASentenceIsOneUtterance) {
  Samples samples(kSampleRate);
  const Samples speech = prompt("tt-allbusy");
  samples.insert(samples.end(), speech.begin(), speech.end());
  samples.resize(samples.size() + kSampleRate);
  Endpointer endpointer{EndpointerConfig{}};
  std::vector<EndpointerEvent> events;
  for (const auto& window : run(samples)) {
    for (const auto& event : endpointer.feed(window)) events.push_back(event);
  }
  ASSERT_GE(events.size(), 2U);
  EXPECT_EQ(std::ranges::count_if(events, [](const auto& e) { return std::holds_alternative<Endpoint>(e); }), 1);
  const auto start = std::get<SpeechStarted>(events.front());
  const auto end = std::get<Endpoint>(events.back());
  EXPECT_NEAR(static_cast<double>(start.first_voiced), kSampleRate, 0.4 * kSampleRate);
  EXPECT_NEAR(static_cast<double>(end.last_voiced), static_cast<double>(kSampleRate + speech.size()),
              0.6 * kSampleRate);
}

TEST(Vad, AMissingOrCorruptModelIsAnError) {
  const auto missing = VadModel::load("/nowhere/silero_vad.onnx");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  const auto file = std::filesystem::path(testing::TempDir()) / "parley_truncated_vad.onnx";
  std::ifstream whole(default_model_directory() / "silero_vad.onnx", std::ios::binary);
  std::string bytes(500'000, '\0');
  whole.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  std::ofstream(file, std::ios::binary) << bytes;
  const auto corrupt = VadModel::load(file);
  std::filesystem::remove(file);
  ASSERT_FALSE(corrupt);
  EXPECT_EQ(corrupt.error().code, ErrorCode::kInvalid);

  const auto other = VadModel::load(default_model_directory() / "moonshine-base-en" / "encoder.onnx");
  ASSERT_FALSE(other) << "another model";
  EXPECT_EQ(other.error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace parley::audio
