// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/wav_leg.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "peer.h"

namespace parley::media {
namespace {

using testing::numbered_frame;
using testing::TemporaryDirectory;

class Heard final : public WavLeg::Listener {
 public:
  void on_heard(const audio::Frame& frame) override { frames.push_back(frame); }
  std::vector<audio::Frame> frames;
};

std::vector<std::int16_t> two_and_a_half_frames() {
  std::vector<std::int16_t> samples;
  for (int i = 0; i < 3; ++i) {
    const audio::Frame frame = numbered_frame(i);
    samples.insert(samples.end(), frame.begin(), frame.end());
  }
  samples.resize(800);
  return samples;
}

TEST(WavLeg, GivesOneFrameATickThenSilenceForItsTailThenHangsUp) {
  WavLeg leg({.session = "s", .leg = "a"}, two_and_a_half_frames(), milliseconds(40), nullptr);
  for (int tick = 0; tick < 5; ++tick) {
    ASSERT_TRUE(leg.is_open()) << tick;
    const auto frame = leg.receive();
    ASSERT_TRUE(frame);
    audio::Frame expected = tick < 3 ? numbered_frame(tick) : audio::kSilence;
    if (tick == 2) std::fill(expected.begin() + 160, expected.end(), std::int16_t{0});
    EXPECT_EQ(*frame, expected) << tick;
    EXPECT_EQ(leg.receive(), std::nullopt) << "one frame a tick";
    leg.send(audio::kSilence);
  }
  EXPECT_FALSE(leg.is_open());
  EXPECT_EQ(leg.receive(), std::nullopt);
  EXPECT_EQ(leg.poll_event()->kind, LegEvent::Kind::kClosed);
  EXPECT_EQ(leg.poll_event(), std::nullopt);
  EXPECT_EQ(leg.stats().frames_in, 5U);
}

TEST(WavLeg, WithoutATailStaysUntilHungUp) {
  WavLeg leg({.session = "s", .leg = "b"}, {}, std::nullopt, nullptr);
  for (int tick = 0; tick < 1000; ++tick) {
    EXPECT_EQ(leg.receive(), audio::kSilence);
    leg.send(audio::kSilence);
  }
  EXPECT_TRUE(leg.is_open());
  leg.hang_up();
  leg.hang_up();
  EXPECT_EQ(leg.poll_event()->kind, LegEvent::Kind::kClosed);
}

TEST(WavLeg, AFrameNobodyTookIsGoneWithItsTick) {
  WavLeg leg({.session = "s", .leg = "a"}, two_and_a_half_frames(), milliseconds(0), nullptr);
  leg.send(audio::kSilence);
  EXPECT_EQ(leg.receive(), numbered_frame(1));
  EXPECT_EQ(leg.stats().frames_in_dropped, 1U);
}

TEST(WavLeg, WhatItHearsIsTold) {
  Heard heard;
  WavLeg leg({.session = "s", .leg = "b"}, {}, std::nullopt, &heard);
  for (int i = 0; i < 3; ++i) leg.send(numbered_frame(i));
  EXPECT_THAT(heard.frames, ::testing::ElementsAre(numbered_frame(0), numbered_frame(1), numbered_frame(2)));
  leg.mark(5);
  const auto event = leg.poll_event();
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, LegEvent::Kind::kMarkPlayed);
  EXPECT_EQ(event->mark_id, 5U);
}

TEST(WavLeg, WhatItHearsIsWritten) {
  const TemporaryDirectory directory;
  auto writer = audio::WavWriter::create(directory / "heard.wav", 1);
  ASSERT_TRUE(writer);
  HeardRecorder recorder(*std::move(writer));
  WavLeg leg({.session = "s", .leg = "b"}, {}, std::nullopt, &recorder);
  for (int i = 0; i < 3; ++i) leg.send(numbered_frame(i));
  ASSERT_TRUE(recorder.close());
  const auto read = audio::read_recording(directory / "heard.wav");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 960U);
  EXPECT_EQ((*read)[320], numbered_frame(1)[0]);
}

}  // namespace
}  // namespace parley::media
