// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace parley::recognition {

/// Root mean square of each whole 20 ms (s16, 16 kHz), without offset.
std::vector<double> frame_levels(std::span<const std::int16_t> samples);

/// The level that a frame needs to hold speech: it stands out from the quietest of `levels`, and from a telephone's
/// line noise.
double least_speech_level(std::span<const double> levels);

/// The middle of the quietest 0.16 s whose middle lies in [first, last), if it is a pause: far below the speech around.
/// Frames; the latest of equals.
std::optional<std::size_t> quietest_pause(std::span<const double> levels, std::size_t first, std::size_t last);

}  // namespace parley::recognition
