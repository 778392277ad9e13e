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

std::vector<float> stretch_powers(std::span<const float> samples, int rate) {
  const std::size_t stretch = stretch_samples(rate);
  std::vector<float> powers;
  for (std::size_t i = 0; i < samples.size(); i += stretch) {
    powers.push_back(mean_power(samples.subspan(i, std::min(stretch, samples.size() - i))));
  }
  return powers;
}

}  // namespace

float mean_power(std::span<const float> samples) {
  float sum = 0.0F;
  for (const float sample : samples) sum += sample * sample;
  return sum / static_cast<float>(samples.size());
}

float power_ratio(float db) { return std::pow(10.0F, db / 10.0F); }

std::size_t stretch_samples(int rate) { return static_cast<std::size_t>(rate) / kStretchesPerSecond; }

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

float speech_level(std::span<const float> samples, int rate) {
  const auto powers = stretch_powers(samples, rate);
  const float loudest = powers.empty() ? 0.0F : std::ranges::max(powers);
  if (loudest < kSilentPower) return 0.0F;
  float sum = 0.0F;
  int count = 0;
  for (const float power : powers) {
    if (power < loudest * power_ratio(kActiveDb)) continue;
    sum += power;
    ++count;
  }
  return sum / static_cast<float>(count);
}

float gain_for_level(float level, const SpeechShape& shape) {
  if (level < kSilentPower) return 1.0F;
  return std::sqrt(std::clamp(level, power_ratio(shape.quietest_db), power_ratio(shape.loudest_db)) / level);
}

void fade_in(std::span<float> samples, int rate, const SpeechShape& shape) {
  const std::size_t count = std::min(samples_in(shape.fade_in_ms, rate), samples.size());
  for (std::size_t i = 0; i < count; ++i) samples[i] *= static_cast<float>(i) / static_cast<float>(count);
}

void fade_out(std::span<float> samples, int rate, const SpeechShape& shape) {
  const std::size_t count = std::min(samples_in(shape.fade_out_ms, rate), samples.size());
  for (std::size_t i = 0; i < count; ++i)
    samples[samples.size() - 1 - i] *= static_cast<float>(i) / static_cast<float>(count);
}

float limit(float sample, float from) {
  const float magnitude = std::abs(sample);
  if (magnitude <= from) return sample;
  const float room = 1.0F - from;
  return std::copysign(from + room * std::tanh((magnitude - from) / room), sample);
}

std::vector<std::int16_t> to_pcm(std::span<const float> samples, float gain, const SpeechShape& shape) {
  std::vector<std::int16_t> out(samples.size());
  std::ranges::transform(samples, out.begin(), [&](float sample) {
    return static_cast<std::int16_t>(std::lrint(limit(sample * gain, shape.limit_from) * 32767.0F));
  });
  return out;
}

std::vector<std::int16_t> shape_speech(std::span<const float> samples, int rate, const SpeechShape& shape) {
  const auto speech = trim_silence(samples, rate, shape);
  if (speech.empty()) return {};
  std::vector<float> faded(speech.begin(), speech.end());
  fade_in(faded, rate, shape);
  fade_out(faded, rate, shape);
  const float gain = gain_for_level(speech_level(faded, rate), shape);
  // Limited after the resampler, whose filter overshoots.
  return to_pcm(audio::resample<float, float>(faded, rate, audio::kSampleRate), gain, shape);
}

}  // namespace parley::synthesis
