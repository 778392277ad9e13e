// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/activity.h"

#include <algorithm>
#include <numeric>

namespace parley::vocoder {
namespace {

constexpr float kVoicedDb = -55.0F;
constexpr std::size_t kMarginBefore = 3;  // frames of 12.5 ms
constexpr std::size_t kMarginBehind = 4;

}  // namespace

FrameRange Activity::voiced(std::span<const float> features) const {
  const std::size_t frames = features.size() / kFeatureChannels;
  std::size_t first = frames;
  std::size_t last = 0;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto row = features.subspan(frame * kFeatureChannels, kFeatureChannels);
    if (std::inner_product(row.begin(), row.end(), weight_.begin(), bias_) < kVoicedDb) continue;
    first = std::min(first, frame);
    last = frame;
  }
  if (first > last) return {0, frames};
  return {first - std::min(first, kMarginBefore), std::min(frames, last + 1 + kMarginBehind)};
}

}  // namespace parley::vocoder
