// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/gain.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace parley::audio {
namespace {

constexpr double kFullScale = 32768.0;

std::int16_t to_s16(float value) {
  return static_cast<std::int16_t>(std::lrintf(std::clamp(value, -32768.0F, 32767.0F)));
}

}  // namespace

float db_to_amplitude(float db) { return db <= kSilenceDb ? 0.0F : std::pow(10.0F, db / 20.0F); }

float amplitude_to_db(float amplitude) {
  return amplitude <= 0.0F ? kSilenceDb : std::max(kSilenceDb, 20.0F * std::log10(amplitude));
}

Ramp::Ramp(float gain, milliseconds time)
    : now_(gain),
      target_(gain),
      time_(static_cast<std::uint32_t>(std::max<std::int64_t>(time.count(), 0) * kSampleRate / 1000)) {}

void Ramp::move_to(float gain) {
  if (gain == target_) return;
  target_ = gain;
  left_ = std::max<std::uint32_t>(time_, 1);
  step_ = (target_ - now_) / static_cast<float>(left_);
}

float Ramp::next() {
  if (left_ == 0) return now_;
  --left_;
  now_ = left_ == 0 ? target_ : now_ + step_;
  return now_;
}

void apply(Frame& frame, Ramp& gain) {
  for (std::int16_t& sample : frame) sample = to_s16(static_cast<float>(sample) * gain.next());
}

void mix_into(Frame& to, const Frame& from, Ramp& gain) {
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = to_s16(static_cast<float>(to[i]) + static_cast<float>(from[i]) * gain.next());
}

void mix_into(Frame& to, const Frame& from) {
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] = static_cast<std::int16_t>(std::clamp(int{to[i]} + int{from[i]}, -32768, 32767));
}

Level level(std::span<const std::int16_t> samples) {
  if (samples.empty()) return {};
  double squares = 0.0;
  int peak = 0;
  for (const std::int16_t sample : samples) {
    squares += static_cast<double>(sample) * sample;
    peak = std::max(peak, std::abs(int{sample}));
  }
  const double rms = std::sqrt(squares / static_cast<double>(samples.size()));
  return {amplitude_to_db(static_cast<float>(rms / kFullScale)),
          amplitude_to_db(static_cast<float>(peak / kFullScale))};
}

}  // namespace parley::audio
