// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "recognition/recognizer.h"

namespace parley::recognition {

/// What a model is asked: the text of one piece of speech.
struct PieceRequest {
  std::span<const float> speech;  ///< -1…1, 16 kHz, without offset, at most as long as the model can hear at once.
  std::span<const std::int64_t> draft;  ///< Tokens that the text probably has: they make it cheaper, not another.
  Speech end = Speech::kPaused;
};

/// A token that a model wrote.
struct PieceToken {
  std::int64_t id = 0;
  std::string text;  ///< UTF-8, but a character may be spread over several tokens. A space begins a word.
  double log_probability = 0.0;
};

/// What a model made of a piece.
struct PieceText {
  std::vector<PieceToken> tokens;  ///< Without those that are no text.
  double end_log_probability = 0.0;
  bool complete = true;  ///< The model ended by itself; otherwise it was stopped at its limit, mostly in a loop.
};

/// A model that hears one piece of speech at a time. One thread at a time.
using RecognizePiece = std::function<Result<PieceText>(const PieceRequest&)>;

}  // namespace parley::recognition
