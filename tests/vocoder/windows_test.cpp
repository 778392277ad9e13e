// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/windows.h"

#include <vector>

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "random_generator.h"

namespace parley::vocoder {
namespace {

using testing::random_weights;
using testing::RandomPhrase;

std::vector<float> copy(std::span<const float> samples) { return {samples.begin(), samples.end()}; }

/// Short windows, so that a few frames make many of them.
constexpr WindowPolicy kShort{.first = {2, 3, 4}, .steady = 5, .left_context = 2, .right_context = 1, .least = 2};

/// Every window hears the whole phrase.
WindowPolicy hearing_all(std::size_t frames) {
  WindowPolicy policy = kShort;
  policy.left_context = frames;
  policy.right_context = frames;
  return policy;
}

class Windows : public ::testing::Test {
 protected:
  static constexpr std::size_t kFrames = 24;

  Generator generator(std::size_t max_frames = kFrames) const {
    return Generator(random_weights(kernels::best_isa()), max_frames);
  }

  /// The lengths of the windows, in frames; checks that they are whole frames and follow each other.
  std::vector<std::size_t> lengths(std::size_t begin, std::size_t end, const WindowPolicy& policy = kShort) {
    Generator with = generator(policy.max_frames());
    WindowedRun run(with, phrase.stretch(), begin, end, policy);
    std::vector<std::size_t> result;
    for (std::size_t position = begin;;) {
      EXPECT_EQ(run.position(), position);
      const std::size_t samples = run.next(conditioning).size();
      if (samples == 0) break;
      EXPECT_EQ(samples % kFrameSamples, 0U);
      result.push_back(samples / kFrameSamples);
      position += result.back();
    }
    EXPECT_EQ(run.position(), std::max(begin, end));
    EXPECT_TRUE(run.next(conditioning).empty());
    return result;
  }

  const RandomPhrase phrase{kFrames};
  const Conditioning conditioning = phrase.conditioning();
};

TEST_F(Windows, AreShortAtFirstAndThenSteady) {
  EXPECT_EQ(lengths(0, 24), (std::vector<std::size_t>{2, 3, 4, 5, 5, 5}));
}

TEST_F(Windows, TakeAShortRestIntoTheLast) {
  EXPECT_EQ(lengths(0, 16), (std::vector<std::size_t>{2, 3, 4, 5, 2}));
  EXPECT_EQ(lengths(0, 15), (std::vector<std::size_t>{2, 3, 4, 6}));
  EXPECT_EQ(lengths(5, 11), (std::vector<std::size_t>{2, 4}));
  EXPECT_EQ(lengths(5, 8), (std::vector<std::size_t>{3}));
}

TEST_F(Windows, CoverPhrasesShorterThanAWindow) {
  EXPECT_EQ(lengths(7, 8), (std::vector<std::size_t>{1}));
  EXPECT_EQ(lengths(7, 9), (std::vector<std::size_t>{2}));
  EXPECT_EQ(lengths(7, 7), (std::vector<std::size_t>{}));
  EXPECT_EQ(lengths(23, 24), (std::vector<std::size_t>{1}));
}

TEST_F(Windows, NeverAskForMoreFramesThanThePolicySays) {
  Generator exact = generator(kShort.max_frames() - 1);  // it throws when asked for more
  WindowedRun run(exact, phrase.stretch(), 0, 15, kShort);
  std::size_t last = 0;
  EXPECT_NO_THROW({
    for (std::size_t count = run.next(conditioning).size(); count > 0; count = run.next(conditioning).size())
      last = count / kFrameSamples;
  });
  EXPECT_EQ(last, kShort.steady + kShort.least - 1);  // the longest there is, with both contexts
}

TEST_F(Windows, ThatHearAllOfThePhraseAreTheWhole) {
  constexpr std::size_t kFew = 10;
  const Stretch few = phrase.stretch().part(0, kFew);
  Generator with = generator(kFew);
  const auto whole = copy(with.run(few, conditioning));
  for (const auto& [begin, end] : {std::pair<std::size_t, std::size_t>{0, kFew}, {1, 6}}) {
    WindowedRun run(with, few, begin, end, hearing_all(kFew));
    std::vector<float> sound;
    for (auto window = run.next(conditioning); !window.empty(); window = run.next(conditioning))
      sound.insert(sound.end(), window.begin(), window.end());
    ASSERT_EQ(sound.size(), (end - begin) * kFrameSamples);
    // Equal but for the cross-fade, which rounds w · x + (1 - w) · x.
    for (std::size_t i = 0; i < sound.size(); ++i)
      ASSERT_NEAR(sound[i], whole[begin * kFrameSamples + i], 1e-6) << begin << " " << i;
  }
}

// Each window starts with what the one before sounded like behind its end, and turns into its own.
TEST_F(Windows, FadeIntoEachOther) {
  Generator with = generator();
  WindowedRun run(with, phrase.stretch(), 4, 9, kShort);  // 4…6 and 6…9
  Generator apart = generator();
  const auto first = copy(apart.run(phrase.stretch().part(2, 7), conditioning));
  const auto second = copy(apart.run(phrase.stretch().part(4, 10), conditioning));

  const auto window = copy(run.next(conditioning));
  EXPECT_EQ(window, std::vector<float>(first.begin() + 2 * kFrameSamples, first.begin() + 4 * kFrameSamples));
  const auto next = run.next(conditioning);
  ASSERT_EQ(next.size(), 3 * kFrameSamples);
  const float* before = &first[4 * kFrameSamples];
  const float* own = &second[2 * kFrameSamples];
  EXPECT_NE(before[0], own[0]);
  for (std::size_t i = 0; i < next.size(); ++i) {
    const float weight = i < kShort.crossfade_samples
                             ? (static_cast<float>(i) + 0.5F) / static_cast<float>(kShort.crossfade_samples)
                             : 1.0F;
    ASSERT_NEAR(next[i], weight * own[i] + (1.0F - weight) * before[i % kShort.crossfade_samples], 1e-6) << i;
  }
  EXPECT_TRUE(run.next(conditioning).empty());
}

TEST_F(Windows, TakeTheirConditioningAsItIsThen) {
  const RandomPhrase other(1, 30);
  Generator with = generator();
  WindowedRun run(with, phrase.stretch(), 4, 9, kShort);
  run.next(conditioning);
  const auto changed = copy(run.next(other.conditioning()));
  Generator apart = generator();
  const auto second = apart.run(phrase.stretch().part(4, 10), other.conditioning());
  for (std::size_t i = kShort.crossfade_samples; i < changed.size(); ++i)
    ASSERT_EQ(changed[i], second[2 * kFrameSamples + i]) << i;
}

// What a window does not hear is a small part of its sound. These weights are random, and hear more of it than
// Kokoro's.
TEST_F(Windows, OfTheUsualPolicySoundMuchLikeTheWhole) {
  constexpr WindowPolicy kUsual;
  constexpr std::size_t kTwoWindows = kUsual.first[0] + kUsual.least + 1;
  const RandomPhrase longer(kTwoWindows, 3);
  Generator with = generator(kTwoWindows);
  WindowedRun run(with, longer.stretch(), 0, kTwoWindows);
  std::vector<float> sound;
  std::vector<std::size_t> counts;
  for (auto window = run.next(conditioning); !window.empty(); window = run.next(conditioning)) {
    sound.insert(sound.end(), window.begin(), window.end());
    counts.push_back(window.size() / kFrameSamples);
  }
  EXPECT_EQ(counts, (std::vector<std::size_t>{kUsual.first[0], kUsual.least + 1}));
  EXPECT_GT(testing::distance_db(with.run(longer.stretch(), conditioning), sound), 20.0);
}

TEST(WindowPolicy, FadesInsideWhatAWindowHears) {
  const WindowPolicy policy;
  EXPECT_LE(policy.crossfade_samples, policy.right_context * kFrameSamples);
  for (const std::size_t first : policy.first) EXPECT_LE(first, policy.steady);
}

}  // namespace
}  // namespace parley::vocoder
