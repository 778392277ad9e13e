// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_speech.h"

#include <algorithm>
#include <random>
#include <span>

namespace parley::bench {
namespace {

constexpr std::size_t kUtterances = 12;
constexpr std::size_t kFewestSeconds = 2;
constexpr int kNoise = 28;  ///< Of ±28 evenly: −66 dBFS.

void add_noise(std::span<std::int16_t> samples, std::mt19937& random) {
  std::uniform_int_distribution<int> noise(-kNoise, kNoise);
  for (std::int16_t& sample : samples)
    sample = static_cast<std::int16_t>(std::clamp(sample + noise(random), -32768, 32767));
}

}  // namespace

Voice voice_of(const std::vector<Spoken>& utterances, double share, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::int16_t> samples;
  for (std::size_t i = 0; i < kUtterances; ++i) {
    const auto first = random() % utterances.size();
    const auto said = joined(std::span(utterances).subspan(first), kFewestSeconds).samples;
    samples.insert(samples.end(), said.begin(), said.end());
    samples.resize(samples.size() + static_cast<std::size_t>(static_cast<double>(said.size()) * (1.0 - share) / share));
  }
  samples.resize(samples.size() / audio::kFrameSamples * audio::kFrameSamples);
  add_noise(samples, random);
  Voice voice(samples.size() / audio::kFrameSamples);
  for (std::size_t i = 0; i < voice.size(); ++i)
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(i * audio::kFrameSamples), audio::kFrameSamples,
                voice[i].begin());
  return voice;
}

}  // namespace parley::bench
