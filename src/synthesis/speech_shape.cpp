// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/speech_shape.h"

#include <algorithm>
#include <cmath>

#include "audio/frame.h"
#include "audio/resampler.h"

namespace parley::synthesis {
namespace {

constexpr int kStretchesPerSecond = 200;  // 5 ms
constexpr float kActiveDb = -25.0F;    // a stretch this far below the loudest one is a pause, where level is measured
constexpr float kSilentPower = 1e-8F;  // −80 dBFS: a phrase with nothing louder is silence

std::size_t samples_in(int milliseconds, int rate) {
  return static_cast<std::size_t>(milliseconds) * static_cast<std::size_t>(rate) / 1000;
}

float mean_power(std::span<const float> samples) {
  float sum = 0.0F;
  for (const float sample : samples) sum += sample * sample;
  return sum / static_cast<float>(samples.size());
}

std::size_t stretch_samples(int rate) { return static_cast<std::size_t>(rate) / kStretchesPerSecond; }

std::vector<float> stretch_powers(std::span<const float> samples, int rate) {
  const std::size_t stretch = stretch_samples(rate);
  std::vector<float> powers;
  for (std::size_t i = 0; i < samples.size(); i += stretch) {
    powers.push_back(mean_power(samples.subspan(i, std::min(stretch, samples.size() - i))));
  }
  return powers;
}

float power_ratio(float db) { return std::pow(10.0F, db / 10.0F); }

}  // namespace

std::span<const float> trim_silence(std::span<const float> samples, int rate, const SpeechShape& shape) {
  const std::size_t stretch = stretch_samples(rate);
  const auto powers = stretch_powers(samples, rate);
  const float loudest = powers.empty() ? 0.0F : std::ranges::max(powers);
  if (loudest < kSilentPower) return {};
  const float threshold = loudest * power_ratio(shape.onset_db);
  const auto loud = [threshold](float power) { return power >= threshold; };
  const auto first = static_cast<std::size_t>(std::ranges::find_if(powers, loud) - powers.begin()) * stretch;
  const auto after_last =
      static_cast<std::size_t>(powers.rend() - std::find_if(powers.rbegin(), powers.rend(), loud)) * stretch;
  const std::size_t begin = first - std::min(first, samples_in(shape.lead_ms, rate));
  const std::size_t end = std::min(samples.size(), after_last + samples_in(shape.tail_ms, rate));
  return samples.subspan(begin, end - begin);
}

float level_gain(std::span<const float> samples, int rate, const SpeechShape& shape) {
  const auto powers = stretch_powers(samples, rate);
  const float loudest = powers.empty() ? 0.0F : std::ranges::max(powers);
  if (loudest < kSilentPower) return 1.0F;
  float sum = 0.0F;
  int count = 0;
  for (const float power : powers) {
    if (power < loudest * power_ratio(kActiveDb)) continue;
    sum += power;
    ++count;
  }
  const float level = sum / static_cast<float>(count);
  return std::sqrt(std::clamp(level, power_ratio(shape.quietest_db), power_ratio(shape.loudest_db)) / level);
}

void fade_ends(std::span<float> samples, int rate, const SpeechShape& shape) {
  const std::size_t in = std::min(samples_in(shape.fade_in_ms, rate), samples.size());
  for (std::size_t i = 0; i < in; ++i) samples[i] *= static_cast<float>(i) / static_cast<float>(in);
  const std::size_t out = std::min(samples_in(shape.fade_out_ms, rate), samples.size());
  for (std::size_t i = 0; i < out; ++i)
    samples[samples.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(out);
}

float limit(float sample, float from) {
  const float magnitude = std::abs(sample);
  if (magnitude <= from) return sample;
  const float room = 1.0F - from;
  return std::copysign(from + room * std::tanh((magnitude - from) / room), sample);
}

std::vector<std::int16_t> shape_speech(std::span<const float> samples, int rate, const SpeechShape& shape) {
  const auto speech = trim_silence(samples, rate, shape);
  if (speech.empty()) return {};
  std::vector<float> faded(speech.begin(), speech.end());
  fade_ends(faded, rate, shape);
  const float gain = level_gain(faded, rate, shape);
  const auto resampled = audio::resample<float, float>(faded, rate, audio::kSampleRate);
  std::vector<std::int16_t> out(resampled.size());
  // Limited after the resampler, whose filter overshoots.
  std::ranges::transform(resampled, out.begin(), [&](float sample) {
    return static_cast<std::int16_t>(std::lrint(limit(sample * gain, shape.limit_from) * 32767.0F));
  });
  return out;
}

}  // namespace parley::synthesis
