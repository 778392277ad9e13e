// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/time_stretch.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <stdexcept>

#include <gtest/gtest.h>

#include "tone.h"

namespace parley::audio {
namespace {

using Samples = std::vector<std::int16_t>;

/// A voice of sorts: pulses through two resonances, at a pitch that wanders by ±5 % around `hertz`.
Samples voice(double hertz, double seconds) {
  Samples out(static_cast<std::size_t>(seconds * kSampleRate));
  double phase = 0.0;
  double y1 = 0.0, y2 = 0.0, z1 = 0.0, z2 = 0.0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double time = static_cast<double>(i) / kSampleRate;
    phase += hertz * (1.0 + 0.05 * std::sin(2 * std::numbers::pi * 1.5 * time)) / kSampleRate;
    const double pulse = phase >= 1.0 ? 1.0 : 0.0;
    phase -= pulse;
    const double y = pulse + 1.86 * y1 - 0.92 * y2;
    y2 = std::exchange(y1, y);
    const double z = y + 1.1 * z1 - 0.9 * z2;
    z2 = std::exchange(z1, z);
    out[i] = static_cast<std::int16_t>(std::clamp(1200.0 * z, -30000.0, 30000.0));
  }
  return out;
}

struct Played {
  Samples samples;
  std::size_t taken = 0;
};

/// Frame by frame, as the media thread does; the tempo is what `tempo_at(frame)` says.
template <typename Tempo>
Played play(const Samples& source, Tempo tempo_at) {
  TimeStretch stretch;
  Played played;
  std::size_t written = 0;
  Frame frame;
  for (std::size_t i = 0; written < source.size() || stretch.waiting() > 0; ++i) {
    stretch.set_tempo(tempo_at(i));
    const std::size_t count = std::min(stretch.room(), source.size() - written);
    stretch.write(std::span(source).subspan(written, count));
    written += count;
    const auto progress = stretch.read(frame);
    played.taken += progress.taken;
    played.samples.insert(played.samples.end(), frame.begin(),
                          frame.begin() + static_cast<std::ptrdiff_t>(progress.given));
  }
  return played;
}

/// Mean pitch over the middle, from the autocorrelation of the whole stretch, with parabolic interpolation.
double pitch_of(const Samples& samples, double about) {
  const auto correlation = [&](std::size_t lag) {
    double sum = 0.0;
    for (std::size_t i = 4000; i + lag + 4000 < samples.size(); ++i)
      sum += static_cast<double>(samples[i]) * samples[i + lag];
    return sum;
  };
  const auto centre = static_cast<std::size_t>(kSampleRate / about);
  std::size_t best = centre * 8 / 10;
  for (std::size_t lag = best; lag <= centre * 12 / 10; ++lag)
    if (correlation(lag) > correlation(best)) best = lag;
  const double a = correlation(best - 1), b = correlation(best), c = correlation(best + 1);
  return kSampleRate / (static_cast<double>(best) + 0.5 * (a - c) / (a - 2 * b + c));
}

int largest_step(const Samples& samples) {
  int largest = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) largest = std::max(largest, std::abs(samples[i] - samples[i - 1]));
  return largest;
}

TEST(TimeStretch, AtTheVoicesOwnPaceEverySampleIsTheSource) {
  const auto source = voice(120.0, 2.0);
  const auto played = play(source, [](std::size_t) { return 1.0F; });
  EXPECT_EQ(played.samples, source);
  EXPECT_EQ(played.taken, source.size());
}

TEST(TimeStretch, GivesWhatItWasGivenAtOnceAtTheVoicesOwnPace) {
  TimeStretch stretch;
  Samples out(100);
  stretch.write(voice(120.0, 0.01));
  EXPECT_EQ(stretch.read(out).given, 100U);
  EXPECT_EQ(stretch.read(out).given, 60U);
  EXPECT_EQ(stretch.read(out).given, 0U);
}

class TimeStretchOf : public testing::TestWithParam<std::tuple<double, float>> {};

TEST_P(TimeStretchOf, KeepsThePitchAndTheTempo) {
  const auto [hertz, tempo] = GetParam();
  const auto source = voice(hertz, 6.0);
  const auto played = play(source, [tempo](std::size_t) { return tempo; });
  EXPECT_EQ(played.taken, source.size());
  const double factor = static_cast<double>(source.size()) / static_cast<double>(played.samples.size());
  EXPECT_NEAR(factor, tempo, 0.01 * tempo);
  EXPECT_NEAR(pitch_of(played.samples, hertz), pitch_of(source, hertz), 0.01 * hertz);
  EXPECT_LE(largest_step(played.samples), largest_step(source) * 5 / 4) << "seams are no clicks";
}

INSTANTIATE_TEST_SUITE_P(Voices, TimeStretchOf,
                         testing::Combine(testing::Values(80.0, 110.0, 150.0, 210.0, 300.0),
                                          testing::Values(0.85F, 0.9F, 0.95F, 1.05F, 1.1F, 1.18F, 1.25F)));

TEST(TimeStretch, ChangesNoiseAndSilenceToo) {
  std::mt19937 random(1);
  Samples noise(6 * kSampleRate);
  for (auto& sample : noise) sample = static_cast<std::int16_t>(static_cast<int>(random() % 8000) - 4000);
  for (const auto& source : {noise, Samples(6 * kSampleRate), tone(1000.0, kSampleRate, 6 * kSampleRate, 0.99)}) {
    for (const float tempo : {TimeStretch::kSlowest, TimeStretch::kFastest}) {
      const auto played = play(source, [=](std::size_t) { return tempo; });
      EXPECT_EQ(played.taken, source.size());
      EXPECT_NEAR(static_cast<double>(source.size()) / static_cast<double>(played.samples.size()), tempo, 0.01 * tempo);
    }
  }
}

TEST(TimeStretch, ChangesOfTempoAreNotHeard) {
  const auto source = voice(130.0, 6.0);
  for (const auto& [one, other] : {std::pair(1.0F, 1.25F), {1.0F, 0.85F}, {0.85F, 1.25F}}) {
    const auto played = play(source, [&](std::size_t frame) { return frame / 7 % 2 == 0 ? one : other; });
    EXPECT_EQ(played.taken, source.size());
    EXPECT_NE(played.samples.size(), source.size());
    EXPECT_LE(largest_step(played.samples), largest_step(source) * 5 / 4);
  }
}

TEST(TimeStretch, IsTheSourceAgainOnceTheTempoIsBack) {
  const auto source = voice(130.0, 4.0);
  for (const float tempo : {TimeStretch::kSlowest, TimeStretch::kFastest}) {
    const auto played = play(source, [=](std::size_t frame) { return frame < 50 ? tempo : 1.0F; });
    const std::size_t tail = 2 * kSampleRate;
    EXPECT_TRUE(std::equal(source.end() - tail, source.end(), played.samples.end() - tail)) << tempo;
  }
}

TEST(TimeStretch, TheTempoIsKeptInBounds) {
  const auto source = voice(150.0, 6.0);
  const auto played = play(source, [](std::size_t) { return 0.1F; });
  EXPECT_NEAR(static_cast<double>(source.size()) / static_cast<double>(played.samples.size()), TimeStretch::kSlowest,
              0.01);
}

TEST(TimeStretch, LeavesNothingOutThatIsNeededForTheFrame) {
  TimeStretch stretch;
  stretch.set_tempo(1.25F);
  const auto source = voice(130.0, 3.0);
  Frame frame;
  std::size_t frames = 0;
  for (std::size_t i = 0; i + kFrameSamples <= source.size(); i += kFrameSamples, ++frames) {
    stretch.write(std::span(source).subspan(i, kFrameSamples));
    ASSERT_EQ(stretch.read(frame).given, kFrameSamples) << "what comes as it is played cannot be played faster";
  }
  EXPECT_EQ(frames, 150U);
}

TEST(TimeStretch, KeepsBackWhatItIsAskedTo) {
  TimeStretch stretch;
  stretch.set_tempo(1.25F);
  stretch.write(voice(130.0, 0.06));
  Samples out(2000);
  const auto progress = stretch.read(out, 80);
  EXPECT_EQ(stretch.waiting(), 80U);
  EXPECT_EQ(stretch.held().size(), 80U);
  EXPECT_EQ(progress.taken, 880U);
}

TEST(TimeStretch, RefusesMoreThanItCanHold) {
  TimeStretch stretch;
  EXPECT_THROW(stretch.write(Samples(TimeStretch::kCapacity + 1)), std::length_error);
}

}  // namespace
}  // namespace parley::audio
