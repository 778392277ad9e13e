// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"

namespace parley::recognition {

/// Ids of control tokens that decoding needs.
struct WhisperControl {
  std::size_t end = 0;        ///< "<|endoftext|>"
  std::size_t no_speech = 0;  ///< "<|nospeech|>", which older tokenizers call "<|nocaptions|>"
};

/// Whisper's vocabulary as far as recognising needs it: ids to text, and the ids of its control tokens. Immutable.
class WhisperTokens {
 public:
  /// Reads a Hugging Face tokenizer.json with a byte-level vocabulary. Errors: kNotFound, kInvalid (no JSON, or not
  /// Whisper's tokenizer).
  static Result<WhisperTokens> read(const std::filesystem::path& file);
  static Result<WhisperTokens> parse(std::string_view json);

  /// What the decoder is started with to transcribe `language` without timestamps; nothing when Whisper does not know
  /// it.
  std::optional<std::vector<std::size_t>> prompt(const Language& language) const;

  WhisperControl control() const;

  /// The text of the ids; control tokens and timestamps are left out. May hold incomplete UTF-8.
  std::string text(std::span<const std::size_t> ids) const;

 private:
  WhisperTokens() = default;
  std::vector<std::string> bytes_;              ///< By id.
  std::map<std::string, std::size_t> control_;  ///< "<|notimestamps|>" → id
};

}  // namespace parley::recognition
