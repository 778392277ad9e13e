// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>

namespace parley::audio {

/// Samples of one stream since it began, at 16 kHz.
using SamplePosition = std::int64_t;

/// Samples that the voice activity detector judges at once: 32 ms.
inline constexpr std::size_t kVadWindow = 512;

/// How likely somebody speaks in the samples [begin, end).
struct SpeechProbability {
  SamplePosition begin = 0;
  SamplePosition end = 0;
  float value = 0.0F;  ///< 0…1
};

}  // namespace parley::audio
