// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/activity.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace parley::vocoder {
namespace {

constexpr float kSilence = -90.0F;  // dB against the loudest frame
constexpr float kVoice = -20.0F;

/// Frames whose level is what channel 3 says.
FrameRange voiced(const std::vector<float>& levels) {
  std::vector<float> weight(kFeatureChannels);
  weight[3] = 1.0F;
  std::vector<float> features(levels.size() * kFeatureChannels, 0.5F);
  for (std::size_t frame = 0; frame < levels.size(); ++frame)
    features[frame * kFeatureChannels + 3] = 60.0F + levels[frame];
  return Activity(weight, -60.0F).voiced(features);
}

/// So many frames of silence, of voice, and of silence.
std::vector<float> phrase(std::size_t before, std::size_t voice, std::size_t behind) {
  std::vector<float> levels(before, kSilence);
  levels.insert(levels.end(), voice, kVoice);
  levels.insert(levels.end(), behind, kSilence);
  return levels;
}

void expect(const std::vector<float>& levels, std::size_t begin, std::size_t end) {
  const FrameRange range = voiced(levels);
  EXPECT_EQ(range.begin, begin);
  EXPECT_EQ(range.end, end);
}

class AroundTheVoice : public ::testing::Test {
 protected:
  const FrameRange alone = voiced(phrase(50, 1, 50));
  const std::size_t before = 50 - alone.begin;
  const std::size_t behind = alone.end - 51;
};

TEST_F(AroundTheVoice, IsAMarginOfSomeFrames) {
  EXPECT_GE(before, 1U);
  EXPECT_GE(behind, 1U);
  EXPECT_LE(before, 10U);
  EXPECT_LE(behind, 10U);
}

TEST_F(AroundTheVoice, MarginsAreTheSameForEveryPhrase) {
  expect(phrase(20, 30, 25), 20 - before, 50 + behind);
  expect(phrase(before, 1, behind), 0, before + 1 + behind);
  expect(phrase(before + 1, 1, behind + 1), 1, before + 2 + behind);
}

TEST_F(AroundTheVoice, MarginsStayInsideThePhrase) {
  expect(phrase(0, 30, 0), 0, 30);
  expect(phrase(before - 1, 30, behind - 1), 0, before - 1 + 30 + behind - 1);
  expect(phrase(0, 1, 0), 0, 1);
}

TEST_F(AroundTheVoice, PausesAreTakenAlong) {
  auto levels = phrase(20, 5, 70);
  levels[65] = kVoice;
  expect(levels, 20 - before, 66 + behind);
}

TEST_F(AroundTheVoice, WhatIsNoNumberIsTakenForVoice) {
  auto levels = phrase(101, 0, 0);
  levels[50] = std::nanf("");
  expect(levels, alone.begin, alone.end);
}

TEST(Activity, IsEverywhereWhereNothingSeemsVoiced) { expect(phrase(12, 0, 0), 0, 12); }

TEST(Activity, OfNothingIsNothing) { expect({}, 0, 0); }

}  // namespace
}  // namespace parley::vocoder
