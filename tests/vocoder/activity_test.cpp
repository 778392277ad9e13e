// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/activity.h"

#include <cmath>

#include <gtest/gtest.h>

namespace parley::vocoder {
namespace {

/// Frames whose level is what channel 3 says, in dB above -60.
FrameRange voiced(const std::vector<float>& levels) {
  std::vector<float> weight(kFeatureChannels);
  weight[3] = 1.0F;
  std::vector<float> features(levels.size() * kFeatureChannels, 0.5F);
  for (std::size_t frame = 0; frame < levels.size(); ++frame)
    features[frame * kFeatureChannels + 3] = 60.0F + levels[frame];
  return Activity(weight, -60.0F).voiced(features);
}

void expect(const std::vector<float>& levels, std::size_t begin, std::size_t end) {
  const FrameRange range = voiced(levels);
  EXPECT_EQ(range.begin, begin);
  EXPECT_EQ(range.end, end);
}

/// So many frames of silence, of voice, and of silence.
std::vector<float> phrase(std::size_t before, std::size_t voice, std::size_t behind) {
  std::vector<float> levels(before, -70.0F);
  levels.insert(levels.end(), voice, -20.0F);
  levels.insert(levels.end(), behind, -70.0F);
  return levels;
}

TEST(Activity, IsWhereTheVoiceIsHeardWithAMargin) {
  expect(phrase(20, 30, 25), 17, 54);
  expect(phrase(3, 1, 4), 0, 8);
  expect(phrase(4, 1, 5), 1, 9);
}

TEST(Activity, StaysInsideThePhrase) {
  expect(phrase(0, 30, 0), 0, 30);
  expect(phrase(2, 30, 1), 0, 33);
  expect(phrase(0, 1, 0), 0, 1);
}

TEST(Activity, TakesPausesAlong) {
  auto levels = phrase(10, 5, 40);
  levels[45] = -44.0F;
  expect(levels, 7, 50);
}

TEST(Activity, IsEverywhereWhereNothingSeemsVoiced) {
  expect(phrase(12, 0, 0), 0, 12);
  expect(std::vector<float>(9, -45.5F), 0, 9);
}

TEST(Activity, OfNothingIsNothing) { expect({}, 0, 0); }

TEST(Activity, TakesWhatIsNoNumberForVoice) {
  auto levels = phrase(10, 0, 10);
  levels[12] = std::nanf("");
  expect(levels, 9, 17);
}

}  // namespace
}  // namespace parley::vocoder
