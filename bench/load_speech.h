// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <vector>

#include "audio/frame.h"
#include "recognition_material.h"

namespace parley::bench {

/// What one phone sends, over and over.
using Voice = std::vector<audio::Frame>;

/// Utterances with silence between them in which somebody else can answer. `share`: of the time, how much is speech,
/// 0.05…0.95. On a line with noise at −66 dBFS, so that silence is not digital silence. The same for the same `seed`.
Voice voice_of(const std::vector<Spoken>& utterances, double share, std::uint32_t seed);

}  // namespace parley::bench
