// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"

namespace parley::translation {

/// Which target words a source word may become: the output layer is computed for those only. Marian's binary lexical
/// shortlist, little-endian: u64 magic, checksum, frequent, best, number of offsets, number of entries; u64 offsets;
/// u32 entries. Immutable: any thread.
class Shortlist {
 public:
  /// Errors: kNotFound, kInvalid (truncated, no shortlist, of other vocabularies).
  static Result<Shortlist> open(const std::filesystem::path& path, std::size_t source_vocabulary,
                                std::size_t target_vocabulary);

  /// The same over memory, which must outlive the result. `name` is for messages.
  static Result<Shortlist> parse(std::span<const std::byte> bytes, const std::string& name,
                                 std::size_t source_vocabulary, std::size_t target_vocabulary);

  /// The entries of one source word. Precondition: word < source vocabulary.
  std::span<const std::uint32_t> targets(std::uint32_t word) const {
    return {entries_ + offsets_[word], entries_ + offsets_[word + 1]};
  }

 private:
  Shortlist() = default;
  std::vector<MappedFile> mapping_;  ///< None or one.
  const std::uint64_t* offsets_ = nullptr;
  const std::uint32_t* entries_ = nullptr;
};

}  // namespace parley::translation
