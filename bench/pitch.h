// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace parley::bench {

/// Fundamental frequency in Hz, every 10 ms, of speech s16, 16 kHz: by normalised autocorrelation over 40 ms, 65 to
/// 400 Hz; none where nothing is voiced.
std::vector<std::optional<double>> pitch_track(std::span<const std::int16_t> samples);

/// Median of what is voiced; none when nothing is.
std::optional<double> median_pitch(std::span<const std::optional<double>> track);

/// From one frequency to the other, in semitones.
double semitones(double from, double to);

}  // namespace parley::bench
