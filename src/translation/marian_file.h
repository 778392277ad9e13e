// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mapped_file.h"
#include "base/result.h"

namespace parley::translation {

enum class TensorType {
  kFloat32,
  kIntgemm8,  ///< int8 values, then one f32 multiplier m: a real weight is value / m.
  kBytes,     ///< int8 without a multiplier; the embedded configuration.
};

/// One item of a model file, seen where it lies in the file.
struct Tensor {
  std::string_view name;
  TensorType type;
  std::vector<std::uint32_t>
      shape;  ///< As written; intgemm8 matrices lie transposed in memory ([out][in] for a shape of [in, out]).
  std::size_t elements;  ///< Product of the shape; `data` holds at least that many.
  std::span<const std::byte> data;

  const std::int8_t* int8_values() const { return reinterpret_cast<const std::int8_t*>(data.data()); }
  const float* float_values() const {
    return reinterpret_cast<const float*>(data.data());
  }                          ///< kFloat32 only; aligned.
  float multiplier() const;  ///< kIntgemm8 only.
};

/// Marian's binary model file, version 1, little-endian:
///   u64 version, u64 n; n × {u64 name length with NUL, u64 type, u64 dimensions, u64 data length}; names; shapes as
///   i32; u64 padding, that many bytes; the data one after the other.
/// Nothing is copied: the weights stay in the mapped file. Immutable after opening: any thread.
class MarianFile {
 public:
  /// Errors: kNotFound, kInvalid (truncated, counts or lengths that do not fit, wrong version, a name twice),
  /// kUnsupported for a tensor type the engine does not know.
  static Result<MarianFile> open(const std::filesystem::path& path);

  /// The same over memory, which must outlive the result. `name` is for messages.
  static Result<MarianFile> parse(std::span<const std::byte> bytes, std::string name);

  const std::string& name() const { return name_; }
  const std::vector<Tensor>& tensors() const { return tensors_; }
  const Tensor* find(std::string_view name) const;  ///< Null when there is none.

 private:
  MarianFile() = default;
  std::optional<MappedFile> mapping_;
  std::string name_;
  std::vector<Tensor> tensors_;  ///< Sorted by name.
};

}  // namespace parley::translation
