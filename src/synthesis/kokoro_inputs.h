// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "base/result.h"

namespace parley::synthesis {

inline constexpr std::size_t kStyleSize = 256;  ///< One row of a style pack.

/// A phrase as both Kokoro graphs take it.
class KokoroInputs {
 public:
  static constexpr std::array<const char*, 3> kNames{"tokens", "style", "speed"};

  /// `tokens`: 1…510, without the frame of zeros; `style`: kStyleSize values; `speed`: 1.0 is the voice's own. Errors:
  /// kInvalid (none or too many tokens, a style of another size or with a value that is no finite number).
  static Result<KokoroInputs> of(std::span<const std::int64_t> tokens, std::span<const float> style, float speed);

  /// Tensors over this object's memory.
  std::array<Ort::Value, 3> tensors();

 private:
  KokoroInputs(std::vector<std::int64_t> tokens, std::vector<float> style, float speed)
      : tokens_(std::move(tokens)), style_(std::move(style)), speed_(speed) {}

  std::vector<std::int64_t> tokens_;  // framed
  std::vector<float> style_;
  float speed_;
};

}  // namespace parley::synthesis
