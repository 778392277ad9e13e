// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "recognition/most_probable.h"

namespace parley::recognition {

/// A decoder that reads tokens and says what it would write next.
class TokenReader {
 public:
  virtual ~TokenReader() = default;

  /// Reads on: `tokens`, one or more, follow what was read before. The most probable token after each of them.
  virtual std::vector<Choice> read(std::span<const std::int64_t> tokens) = 0;

  /// Forgets all but the first `count` tokens that were read.
  virtual void keep(std::size_t count) = 0;
};

/// What greedy decoding gives.
struct Decoded {
  std::vector<Choice> tokens;  ///< Without the end.
  double end_log_probability = 0.0;
  bool complete = false;  ///< It came to the end; otherwise to its limit.
};

struct GreedyOptions {
  std::int64_t start = 0;  ///< Read first.
  std::int64_t end = 0;    ///< Closes a text.
  std::size_t limit = 0;   ///< Tokens at most.

  /// How many tokens of a draft are worth reading at once when it has to be taken up again after a difference.
  std::size_t worth = 1;
};

/// Decodes greedily with the help of a draft, what the text probably is: it is read at once and kept as far as the
/// decoder would have written the same, which gives the same text as without a draft for much less (speculative
/// decoding, Leviathan, Kalman and Matias 2023, with the text of a moment ago in place of a small model's). After a
/// difference the draft is taken up again where the text comes back to it.
Decoded decode_greedily(TokenReader& reader, std::span<const std::int64_t> draft, const GreedyOptions& options);

}  // namespace parley::recognition
