// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace parley::recognition {

/// Cuts speech (s16, 16 kHz) in pieces of at most `longest` samples (1 s or more), each cut where the second half of a
/// piece is quietest. The pieces follow each other without gap or overlap; one piece when it is short enough, none when
/// it is empty.
std::vector<std::span<const std::int16_t>> cut_speech(std::span<const std::int16_t> samples, std::size_t longest);

}  // namespace parley::recognition
