// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace parley::recognition {

/// Moonshine's vocabulary, which only needs reading: ids to text. Immutable.
class MoonshineTokens {
 public:
  static constexpr std::int64_t kStart = 1;
  static constexpr std::int64_t kEnd = 2;

  /// Reads tokenizer.bin: for every id its length (one byte below 128, else low 7 bits and a second byte of 128s) and
  /// its bytes. Errors: kNotFound, kInvalid (truncated, or too few tokens to be a vocabulary).
  static Result<MoonshineTokens> read(const std::filesystem::path& file);
  static Result<MoonshineTokens> parse(std::span<const std::byte> bytes);

  std::size_t size() const { return tokens_.size(); }

  /// The text of the ids; special and unknown ids are left out. May hold incomplete UTF-8.
  std::string text(std::span<const std::int64_t> ids) const;

 private:
  explicit MoonshineTokens(std::vector<std::string> tokens) : tokens_(std::move(tokens)) {}
  std::vector<std::string> tokens_;
};

}  // namespace parley::recognition
