// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sentencepiece {
class SentencePieceProcessor;
}

namespace parley::translation {

/// A SentencePiece vocabulary with Marian's fixed ids. Immutable: any thread.
class Vocabulary {
 public:
  /// Errors: kNotFound, kInvalid (no SentencePiece model, other ids for the end mark and the unknown word).
  static Result<Vocabulary> open(const std::filesystem::path& path);

  Vocabulary(Vocabulary&&) noexcept;
  Vocabulary& operator=(Vocabulary&&) noexcept;
  ~Vocabulary();

  std::size_t size() const { return begins_word_.size(); }
  std::vector<std::uint32_t> encode(std::string_view text) const;
  std::string decode(std::span<const std::uint32_t> ids) const;  ///< Precondition: ids < size().

  /// By id, 1 for a piece that begins a new word or is punctuation: what may follow a finished word.
  std::span<const std::uint8_t> begins_word() const { return begins_word_; }

  /// For each of `ids`, 1 when a space stands before the piece. Precondition: ids < size().
  std::vector<std::uint8_t> starts_of(std::span<const std::uint32_t> ids) const;

 private:
  explicit Vocabulary(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor);
  std::unique_ptr<sentencepiece::SentencePieceProcessor> processor_;
  std::vector<std::uint8_t> begins_word_;
};

}  // namespace parley::translation
