// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>

#include "recognition/piece_words.h"

namespace parley::recognition {

/// Says when each word was spoken, for an engine that does not: shares the speech between samples `from` and `to`,
/// pauses left out, among the words by their length. `levels`: 20 ms frames of the whole piece.
void spread_words(std::span<PieceWord> words, std::span<const double> levels, std::size_t from, std::size_t to);

}  // namespace parley::recognition
