// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

namespace parley::vocoder {

/// Rows of eleven log magnitudes m and eleven values p become rows of eleven real and eleven imaginary parts, in place:
/// exp(m) · (cos φ, sin φ), φ = sin p. As ISTFTNet's head has it.
void to_rectangular(std::span<float> rows);

/// Adds the pieces of the inverse transform, [rows][kTransform], each kHop samples after the one before, scaled for
/// their overlap. Writes the samples from hop `first` of the signal on, whose sample 0 is the middle of piece 0; `out`
/// is a multiple of kHop long.
void overlap_add(std::span<const float> pieces, std::size_t first, std::span<float> out);

}  // namespace parley::vocoder
