// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/speech_gate.h"

#include <algorithm>
#include <cstddef>

#include "recognition/levels.h"

namespace parley::recognition {
namespace {

constexpr std::ptrdiff_t kLeastFrames = 5;  // 0.1 s

}  // namespace

bool may_hold_words(std::span<const std::int16_t> samples) {
  const auto levels = frame_levels(samples);
  const double needed = least_speech_level(levels);
  return std::ranges::count_if(levels, [&](double level) { return level >= needed; }) >= kLeastFrames;
}

}  // namespace parley::recognition
