// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/loudness.h"

#include <algorithm>
#include <cmath>
#include <new>

#include <ebur128.h>

#include "audio/frame.h"

namespace parley::audio {
namespace {

constexpr std::size_t kShortestSamples = kSampleRate * 2 / 5;  // a gating block of BS.1770
constexpr std::size_t kShortTermSamples = 3 * kSampleRate;
constexpr double kQuietest = -70.0;  // the absolute gate

std::optional<float> audible(double loudness) {
  if (!(loudness > kQuietest)) return std::nullopt;
  return static_cast<float>(loudness);
}

}  // namespace

struct LoudnessMeter::State {
  ebur128_state* meter = ebur128_init(1, kSampleRate, EBUR128_MODE_S | EBUR128_MODE_I | EBUR128_MODE_HISTOGRAM);
  std::size_t samples = 0;

  State() {
    if (meter == nullptr || ebur128_set_channel(meter, 0, EBUR128_DUAL_MONO) != EBUR128_SUCCESS) throw std::bad_alloc();
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() { ebur128_destroy(&meter); }
};

LoudnessMeter::LoudnessMeter() : state_(std::make_unique<State>()) {}
LoudnessMeter::~LoudnessMeter() = default;
LoudnessMeter::LoudnessMeter(LoudnessMeter&&) noexcept = default;
LoudnessMeter& LoudnessMeter::operator=(LoudnessMeter&&) noexcept = default;

void LoudnessMeter::add(std::span<const std::int16_t> samples) {
  ebur128_add_frames_short(state_->meter, samples.data(), samples.size());
  state_->samples += samples.size();
}

std::optional<float> LoudnessMeter::short_term() const {
  if (state_->samples < kShortestSamples) return std::nullopt;
  double loudness = 0.0;
  const std::size_t samples = std::min(state_->samples, kShortTermSamples);
  if (ebur128_loudness_window(state_->meter, samples * 1000 / kSampleRate, &loudness) != EBUR128_SUCCESS)
    return std::nullopt;
  return audible(loudness);
}

std::optional<float> LoudnessMeter::integrated() const {
  double loudness = 0.0;
  if (ebur128_loudness_global(state_->meter, &loudness) != EBUR128_SUCCESS) return std::nullopt;
  return audible(loudness);
}

}  // namespace parley::audio
