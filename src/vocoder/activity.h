// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "vocoder/architecture.h"

namespace parley::vocoder {

/// Frames from `begin` to `end`.
struct FrameRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Tells from a phrase's features where the voice will be heard, before any of it is sounded: Kokoro puts 0.2 to 0.6 s
/// of silence around a phrase. Immutable: any thread.
class Activity {
 public:
  Activity() = default;

  /// A linear readout of a frame's features: its level in dB against the phrase's loudest frame.
  Activity(std::span<const float> weight, float bias) : weight_(weight.begin(), weight.end()), bias_(bias) {}

  /// The frames in which the voice is heard, with a margin; all of them where none seems to be voiced.
  FrameRange voiced(std::span<const float> features) const;

 private:
  std::vector<float> weight_;  // [kFeatureChannels]
  float bias_ = 0.0F;
};

}  // namespace parley::vocoder
