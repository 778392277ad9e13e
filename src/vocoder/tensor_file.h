// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"

namespace parley::vocoder {

/// What a file of named tensors holds: eight characters at its beginning.
using TensorFileKind = std::array<char, 8>;

/// Named tensors in one checksummed, little-endian file (docs/kokoro-files.md), mapped into memory. Immutable: any
/// thread. Spans it gives live as long as it does and begin on 64-byte boundaries.
class TensorFile {
 public:
  using Shape = std::vector<std::uint64_t>;

  /// Errors: kNotFound, kInvalid (another kind, another version, truncated, damaged).
  static Result<TensorFile> open(const std::filesystem::path& file, const TensorFileKind& kind, std::uint32_t version);

  /// A tensor of exactly this shape. Errors: kInvalid (missing, another type or shape; a float that is no finite
  /// number), naming it.
  Result<std::span<const float>> floats(std::string_view name, const Shape& shape) const;
  Result<std::span<const std::int32_t>> ints(std::string_view name, const Shape& shape) const;
  Result<std::span<const std::uint8_t>> bytes(std::string_view name, const Shape& shape) const;

  /// CRC-32 of everything after the header.
  std::uint32_t checksum() const { return checksum_; }

  /// The shape of a tensor, for what the file decides itself. Errors: kInvalid (missing).
  Result<Shape> shape(std::string_view name) const;

 private:
  struct Entry {
    std::uint32_t type = 0;
    Shape shape;
    std::span<const std::byte> data;
  };

  TensorFile(std::filesystem::path path, MappedFile file) : path_(std::move(path)), file_(std::move(file)) {}

  Result<void> read(const TensorFileKind& kind, std::uint32_t version);
  Result<std::span<const std::byte>> find(std::string_view name, std::uint32_t type, const Shape& shape) const;
  std::unexpected<Error> damaged(std::string_view what) const;

  std::filesystem::path path_;
  MappedFile file_;
  std::uint32_t checksum_ = 0;
  std::map<std::string, Entry, std::less<>> entries_;
};

/// A tensor to be written.
struct NamedTensor {
  std::string name;         ///< At most 55 bytes.
  TensorFile::Shape shape;  ///< One to four dimensions, none of them 0, whose product is the number of values.
  std::variant<std::span<const std::uint8_t>, std::span<const float>, std::span<const std::int32_t>> values;
};

/// Writes beside the file and renames over it: a reader sees the old one or the new one, whoever else writes it.
/// Errors: kUnavailable (no space, no permission). Precondition: tensors as NamedTensor says (std::logic_error
/// otherwise).
Result<void> write_tensor_file(const std::filesystem::path& file, const TensorFileKind& kind, std::uint32_t version,
                               std::span<const NamedTensor> tensors);

}  // namespace parley::vocoder
