// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace parley::recognition {

/// Whether the samples (s16, 16 kHz) could hold a word at all: at least 0.1 s that stands out in level from the rest.
/// Silence, an offset, steady noise and clicks do not. Speech models invent words for such input, so they are not
/// asked.
bool may_hold_words(std::span<const std::int16_t> samples);

}  // namespace parley::recognition
