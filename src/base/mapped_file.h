// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>

#include "base/result.h"

namespace parley {

/// A whole file, read-only in memory, shared between processes by the page cache. Immutable: any thread.
class MappedFile {
 public:
  /// Errors: kNotFound when it is missing, kInvalid when it is empty or no regular file, kUnavailable when it cannot be
  /// mapped.
  static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::span<const std::byte> bytes_;
};

}  // namespace parley
