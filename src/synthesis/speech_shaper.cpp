// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/speech_shaper.h"

#include <algorithm>
#include <cmath>

#include "audio/frame.h"

namespace parley::synthesis {

SpeechShaper::SpeechShaper(int rate, float level, float correction, const SpeechShape& shape)
    : shape_(shape),
      rate_(rate),
      gain_(gain_for_level(level, shape) * correction),
      loudest_(level),
      resampler_(rate, audio::kSampleRate) {}

std::size_t SpeechShaper::samples_in(int milliseconds) const {
  return static_cast<std::size_t>(milliseconds) * static_cast<std::size_t>(rate_) / 1000;
}

std::vector<std::int16_t> SpeechShaper::feed(std::span<const float> samples) {
  waiting_.insert(waiting_.end(), samples.begin(), samples.end());
  const std::size_t stretch = stretch_samples(rate_);
  for (; looked_ + stretch <= waiting_.size(); looked_ += stretch) look(looked_);
  if (!begun_) return {};
  // The last of it stays, to be faded if nothing follows.
  const std::size_t fade = samples_in(shape_.fade_out_ms);
  const std::size_t kept = std::min(waiting_.size(), wanted_);
  return give(kept - std::min(kept, fade));
}

/// Judges one stretch of `waiting_`.
void SpeechShaper::look(std::size_t from) {
  const float power = mean_power(std::span(waiting_).subspan(from, stretch_samples(rate_)));
  loudest_ = std::max(loudest_, power);
  if (power < loudest_ * power_ratio(shape_.onset_db)) return;
  if (!begun_) {
    begun_ = true;
    const std::size_t silence = from - std::min(from, samples_in(shape_.lead_ms));
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(silence));
    looked_ -= silence;
    from -= silence;
    fade_in(waiting_, rate_, shape_);
  }
  wanted_ = from + stretch_samples(rate_) + samples_in(shape_.tail_ms);
}

std::vector<std::int16_t> SpeechShaper::finish() {
  if (!begun_) return {};
  waiting_.resize(std::min(waiting_.size(), wanted_));
  fade_out(waiting_, rate_, shape_);
  auto out = give(waiting_.size());
  const auto rest = to_pcm(resampler_.flush(), gain_, shape_);
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

std::vector<std::int16_t> SpeechShaper::give(std::size_t count) {
  auto out = to_pcm(resampler_.process(std::span(waiting_).first(count)), gain_, shape_);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(count));
  looked_ -= std::min(looked_, count);
  wanted_ -= count;
  return out;
}

}  // namespace parley::synthesis
