// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace parley::recognition {

struct Choice {
  std::int64_t token = 0;
  double log_probability = 0.0;
};

/// The token with the highest of `logits`, one or more.
Choice most_probable(std::span<const float> logits);

}  // namespace parley::recognition
