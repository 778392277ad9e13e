// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/greedy.h"

#include <algorithm>

namespace parley::recognition {
namespace {

// A mark more or less, a capital: after so many tokens the text is mostly back at the draft.
constexpr std::size_t kLookAhead = 5;

/// What of the draft follows the token, if it is in the next few; the draft stays as it is if it is not.
bool take_up(std::span<const std::int64_t>& draft, std::int64_t token) {
  const auto near = draft.first(std::min(draft.size(), kLookAhead));
  const auto found = std::ranges::find(near, token);
  if (found == near.end()) return false;
  draft = draft.subspan(static_cast<std::size_t>(found - near.begin()) + 1);
  return true;
}

}  // namespace

Decoded decode_greedily(TokenReader& reader, std::span<const std::int64_t> draft, const GreedyOptions& options) {
  Decoded text;
  std::vector<std::int64_t> input{options.start};
  input.insert(input.end(), draft.begin(), draft.end());
  std::size_t read = 0;
  while (text.tokens.size() < options.limit) {
    const auto choices = reader.read(input);
    std::size_t same = 0;  // Tokens of the draft that the decoder would have written.
    for (;; ++same) {
      if (choices[same].token == options.end) {
        text.end_log_probability = choices[same].log_probability;
        text.complete = true;
        return text;
      }
      text.tokens.push_back(choices[same]);
      if (text.tokens.size() == options.limit) return text;
      if (same + 1 == input.size() || input[same + 1] != choices[same].token) break;
    }
    read += same + 1;
    if (same + 1 < input.size()) reader.keep(read);
    draft = draft.subspan(std::min(draft.size(), input.size() > 1 ? same : 0));
    const std::int64_t next = text.tokens.back().token;
    input.assign(1, next);
    if (take_up(draft, next) && draft.size() >= options.worth) input.insert(input.end(), draft.begin(), draft.end());
  }
  return text;
}

}  // namespace parley::recognition
