// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>

namespace parley::audio {

/// Every leg speaks this rate; engines with another convert at their own door.
inline constexpr int kSampleRate = 16000;
inline constexpr std::size_t kFrameSamples = 320;

/// 20 ms of one voice: 320 samples, s16, 16 kHz, mono; 640 bytes on the wire (little-endian).
using Frame = std::array<std::int16_t, kFrameSamples>;

inline constexpr std::size_t kFrameBytes = sizeof(Frame);
static_assert(kFrameBytes == 640);

inline constexpr Frame kSilence{};

}  // namespace parley::audio
