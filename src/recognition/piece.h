// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recognition/recognizer.h"

namespace parley::recognition {

/// What a model is asked: the text of one piece of speech.
struct PieceRequest {
  std::span<const float> speech;  ///< -1…1, 16 kHz, without offset, at most as long as the model can hear at once.
  std::span<const std::int64_t> prefix;  ///< Tokens that are certain already: the text begins with them.
  Speech end = Speech::kPaused;
};

/// A token that a model wrote.
struct PieceToken {
  std::int64_t id = 0;
  std::string text;  ///< UTF-8, but a character may be spread over several tokens. A space begins a word.
  double log_probability = 0.0;
  std::optional<std::size_t> heard_at;  ///< The sample of the speech where it was heard, if the model can tell.
};

/// What a model made of a piece.
struct PieceText {
  std::vector<PieceToken> tokens;  ///< What follows the prefix.
  double end_log_probability = 0.0;
  bool complete = true;  ///< The model ended by itself; otherwise it was stopped at its limit, mostly in a loop.
};

/// A model that hears one piece of speech at a time. One thread at a time.
using RecognizePiece = std::function<Result<PieceText>(const PieceRequest&)>;

}  // namespace parley::recognition
