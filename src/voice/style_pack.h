// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::voice {

/// How a voice sounds to Kokoro: one style row per phrase length in tokens, 128 numbers of timbre and then 128 of
/// prosody. Immutable.
class StylePack {
 public:
  static constexpr std::size_t kRows = 510;
  static constexpr std::size_t kColumns = 256;
  static constexpr std::size_t kFileBytes = kRows * kColumns * sizeof(float);

  /// Reads 510 × 256 f32, little-endian. Errors: kNotFound, kInvalid (another size, or a value that is no finite
  /// number).
  static Result<StylePack> load(const std::filesystem::path& file);

  /// The row for a phrase of so many tokens; longer phrases take the last row. 256 values.
  std::span<const float> row(std::size_t tokens) const;

  /// CRC-32 of all values, to tell packs apart.
  std::uint32_t checksum() const { return checksum_; }

 private:
  explicit StylePack(std::vector<float> values);
  std::vector<float> values_;
  std::uint32_t checksum_;
};

}  // namespace parley::voice
