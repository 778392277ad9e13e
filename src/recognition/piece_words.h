// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "recognition/piece.h"

namespace parley::recognition {

/// A word of a piece, with the tokens that wrote it.
struct PieceWord {
  std::string text;  ///< With the marks on it; without spaces.
  std::vector<PieceToken> tokens;
  std::size_t begin = 0;  ///< Samples of the piece.
  std::size_t end = 0;
};

/// The words that the tokens write, without what is no text. `complete` as in PieceText: where the model did not end by
/// itself a repeated tail is cut, so that "no, no, no" stays where it did. None when there is nothing but punctuation.
std::vector<PieceWord> words_of(std::span<const PieceToken> tokens, bool complete);

}  // namespace parley::recognition
