// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/leveller.h"

#include <algorithm>
#include <cmath>

#include "audio/gain.h"

namespace parley::audio {
namespace {

constexpr float kFullScale = 32768.0F;

/// Linear up to `from`, then bent towards `ceiling`, which nothing reaches.
float bend(float sample, float from, float ceiling) {
  const float size = std::fabs(sample);
  if (size <= from) return sample;
  const float room = ceiling - from;
  return std::copysign(from + room * std::tanh((size - from) / room), sample);
}

}  // namespace

Leveller::Leveller(const LevellingConfig& config) : config_(config) {}

void Leveller::begin_phrase(std::optional<float> target) {
  if (!config_.on || !target) return;
  const float wanted = std::clamp(*target, config_.quietest_lufs, config_.loudest_lufs);
  const float gain = wanted - own_.integrated().value_or(config_.first_lufs);
  const float step = begun_ ? config_.most_per_phrase_db : config_.most_db;
  gain_db_ = std::clamp(std::clamp(gain, gain_db_ - step, gain_db_ + step), -config_.most_db, config_.most_db);
  begun_ = true;
}

void Leveller::process(std::span<std::int16_t> samples) {
  if (!config_.on) return;
  own_.add(samples);
  if (gain_db_ == 0.0F) return;
  const float gain = db_to_amplitude(gain_db_);
  const float from = kFullScale * db_to_amplitude(config_.limit_from_db);
  const float ceiling = kFullScale * db_to_amplitude(config_.ceiling_db);
  for (std::int16_t& sample : samples)
    sample = static_cast<std::int16_t>(std::lrintf(bend(static_cast<float>(sample) * gain, from, ceiling)));
}

}  // namespace parley::audio
