// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/windows.h"

#include <algorithm>

namespace parley::vocoder {

WindowedRun::WindowedRun(Generator& generator, const Stretch& phrase, std::size_t begin, std::size_t end,
                         const WindowPolicy& policy)
    : generator_(generator), phrase_(phrase), end_(end), policy_(policy), position_(begin) {
  samples_.reserve((policy.steady + policy.least) * kFrameSamples);
  tail_.reserve(policy.crossfade_samples);
}

std::size_t WindowedRun::window_end() const {
  const std::size_t wanted = window_ < policy_.first.size() ? policy_.first[window_] : policy_.steady;
  const std::size_t end = std::min(end_, position_ + wanted);
  return end_ - end < policy_.least ? end_ : end;
}

std::span<const float> WindowedRun::next(const Conditioning& conditioning) {
  if (position_ >= end_) return {};
  const std::size_t end = window_end();
  const std::size_t from = position_ - std::min(position_, policy_.left_context);
  const std::size_t to = std::min(phrase_.frames(), end + policy_.right_context);
  const auto sound = generator_.run(phrase_.part(from, to), conditioning).subspan((position_ - from) * kFrameSamples);
  const std::size_t count = (end - position_) * kFrameSamples;
  samples_.assign(sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < std::min(tail_.size(), count); ++i) {
    const float weight = (static_cast<float>(i) + 0.5F) / static_cast<float>(tail_.size());
    samples_[i] = samples_[i] * weight + tail_[i] * (1.0F - weight);
  }
  const auto after = sound.subspan(count);
  const std::size_t tail = end < end_ ? std::min(policy_.crossfade_samples, after.size()) : 0;
  tail_.assign(after.begin(), after.begin() + static_cast<std::ptrdiff_t>(tail));
  position_ = end;
  ++window_;
  return samples_;
}

}  // namespace parley::vocoder
