// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::recognition {

/// What the config.json beside a Whisper model in CTranslate2's format says about decoding.
struct WhisperRules {
  std::vector<std::int64_t> never;         ///< Tokens that are not written: notes of music, brackets and the like.
  std::vector<std::int64_t> not_at_first;  ///< Tokens that a text does not begin with: a blank, its end.
  std::vector<std::pair<std::int64_t, std::int64_t>>
      alignment_heads;  ///< Layer and head whose attention follows the speech.

  /// Errors: kNotFound, kInvalid (no JSON, or not Whisper's).
  static Result<WhisperRules> read(const std::filesystem::path& file);
  static Result<WhisperRules> parse(std::string_view json);
};

}  // namespace parley::recognition
