// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace parley::synthesis {

/// The most tokens Kokoro takes in one run, without the two that frame them.
inline constexpr std::size_t kMaxTokens = 510;

/// Kokoro's token ids for phoneme symbols. Immutable: any thread.
class TokenTable {
 public:
  struct Ids {
    std::vector<std::int64_t> ids;
    std::size_t unknown = 0;  ///< Symbols that the table lacks; they are skipped.
  };

  /// Reads {"symbol": id, …}, one character a symbol. Errors: kNotFound, kInvalid (no such JSON, or no table of
  /// phonemes).
  static Result<TokenTable> load(const std::filesystem::path& file);

  Ids ids(std::string_view phonemes) const;

 private:
  explicit TokenTable(std::map<char32_t, std::int64_t> ids) : ids_(std::move(ids)) {}
  std::map<char32_t, std::int64_t> ids_;
};

/// Cuts phonemes into runs of at most `limit` symbols, of about equal length, after clause marks where one is near and
/// else between words. Nothing is lost but the space at a cut.
std::vector<std::string> split_phonemes(std::string_view phonemes, std::size_t limit = kMaxTokens);

}  // namespace parley::synthesis
