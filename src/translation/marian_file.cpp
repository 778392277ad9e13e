// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_file.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace parley::translation {
namespace {

static_assert(std::endian::native == std::endian::little, "model files are used in place and are little-endian");

constexpr std::uint64_t kVersion = 1;
constexpr std::uint64_t kMostDimensions = 8;

/// Takes values off the front of the file and never reads past its end.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : rest_(bytes) {}

  std::size_t left() const { return rest_.size(); }

  std::optional<std::span<const std::byte>> take(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  template <typename T>
  std::optional<T> value() {
    const auto bytes = take(sizeof(T));
    if (!bytes) return std::nullopt;
    T result;
    std::memcpy(&result, bytes->data(), sizeof result);
    return result;
  }

 private:
  std::span<const std::byte> rest_;
};

struct Header {
  std::uint64_t name_length;
  std::uint64_t type;
  std::uint64_t dimensions;
  std::uint64_t data_length;
};

Result<std::vector<Header>> read_headers(Reader& reader, const std::string& file) {
  const auto version = reader.value<std::uint64_t>();
  const auto count = reader.value<std::uint64_t>();
  if (!version || !count) return fail(ErrorCode::kInvalid, "{} is no Marian model: it is too short for a header", file);
  if (*version != kVersion)
    return fail(ErrorCode::kInvalid, "{} is no Marian model of version {}: it says {}", file, kVersion, *version);
  if (*count == 0 || *count > reader.left() / sizeof(Header)) {
    return fail(ErrorCode::kInvalid, "{} is damaged: it announces {} tensors, more than it can hold", file, *count);
  }
  std::vector<Header> headers(*count);
  std::memcpy(headers.data(), reader.take(*count * sizeof(Header))->data(), *count * sizeof(Header));
  return headers;
}

Result<TensorType> tensor_type(std::uint64_t type, std::string_view tensor, const std::string& file) {
  switch (type) {
    case 0x404: return TensorType::kFloat32;
    case 0x4101: return TensorType::kIntgemm8;
    case 0x101: return TensorType::kBytes;
    default:
      return fail(ErrorCode::kUnsupported,
                  "{}: tensor {} is of type {:#x}, which this engine does not know (it knows f32 and intgemm8)", file,
                  tensor, type);
  }
}

Result<void> read_name(Reader& reader, const Header& header, Tensor& tensor, const std::string& file) {
  const auto bytes = header.name_length > 0 ? reader.take(header.name_length) : std::nullopt;
  if (!bytes || bytes->back() != std::byte{0})
    return fail(ErrorCode::kInvalid, "{} is damaged: a tensor's name does not end", file);
  tensor.name = {reinterpret_cast<const char*>(bytes->data()), bytes->size() - 1};
  const auto type = tensor_type(header.type, tensor.name, file);
  if (!type) return std::unexpected(type.error());
  tensor.type = *type;
  return {};
}

Result<void> read_shape(Reader& reader, const Header& header, Tensor& tensor, const std::string& file) {
  if (header.dimensions == 0 || header.dimensions > kMostDimensions) {
    return fail(ErrorCode::kInvalid, "{} is damaged: tensor {} has {} dimensions", file, tensor.name,
                header.dimensions);
  }
  tensor.elements = 1;
  for (std::uint64_t i = 0; i < header.dimensions; ++i) {
    const auto size = reader.value<std::int32_t>();
    if (!size || *size <= 0 || tensor.elements > header.data_length / static_cast<std::uint64_t>(*size)) {
      return fail(ErrorCode::kInvalid, "{} is damaged: the shape of tensor {} does not fit its data", file,
                  tensor.name);
    }
    tensor.shape.push_back(static_cast<std::uint32_t>(*size));
    tensor.elements *= static_cast<std::uint64_t>(*size);
  }
  return {};
}

Result<void> read_data(Reader& reader, const Header& header, Tensor& tensor, const std::string& file) {
  const auto data = reader.take(header.data_length);
  if (!data)
    return fail(ErrorCode::kInvalid, "{} is truncated: the data of tensor {} is missing; run `make models`", file,
                tensor.name);
  const bool is_float = tensor.type == TensorType::kFloat32;
  const std::uint64_t trailer = tensor.type == TensorType::kIntgemm8 ? sizeof(float) : 0;
  // elements ≤ data_length was checked with the shape, so neither sum nor product can wrap.
  if (is_float ? tensor.elements > data->size() / sizeof(float) : tensor.elements + trailer > data->size()) {
    return fail(ErrorCode::kInvalid, "{} is damaged: tensor {} has less data than its shape says", file, tensor.name);
  }
  if (is_float && reinterpret_cast<std::uintptr_t>(data->data()) % alignof(float) != 0) {
    return fail(ErrorCode::kInvalid, "{} is damaged: tensor {} is not aligned", file, tensor.name);
  }
  tensor.data = *data;
  return {};
}

}  // namespace

float Tensor::multiplier() const {
  float value;
  std::memcpy(&value, data.data() + elements, sizeof value);
  return value;
}

Result<MarianFile> MarianFile::open(const std::filesystem::path& path) {
  auto mapping = MappedFile::open(path);
  if (!mapping) {
    if (mapping.error().code != ErrorCode::kNotFound) return std::unexpected(mapping.error());
    return fail(ErrorCode::kNotFound,
                "model {} is missing: run `make models`, or name its directory in the configuration", path.string());
  }
  auto file = parse(mapping->bytes(), path.string());
  if (file) file->mapping_ = std::move(*mapping);
  return file;
}

Result<MarianFile> MarianFile::parse(std::span<const std::byte> bytes, std::string name) {
  MarianFile file;
  file.name_ = std::move(name);
  Reader reader(bytes);
  const auto headers = read_headers(reader, file.name_);
  if (!headers) return std::unexpected(headers.error());

  file.tensors_.resize(headers->size());
  for (auto read : {read_name, read_shape}) {
    for (std::size_t i = 0; i < headers->size(); ++i) {
      if (auto ok = read(reader, (*headers)[i], file.tensors_[i], file.name_); !ok) return std::unexpected(ok.error());
    }
  }
  const auto padding = reader.value<std::uint64_t>();
  if (!padding || !reader.take(*padding))
    return fail(ErrorCode::kInvalid, "{} is truncated before its data; run `make models`", file.name_);
  for (std::size_t i = 0; i < headers->size(); ++i) {
    if (auto ok = read_data(reader, (*headers)[i], file.tensors_[i], file.name_); !ok)
      return std::unexpected(ok.error());
  }

  std::ranges::sort(file.tensors_, {}, &Tensor::name);
  const auto twice = std::ranges::adjacent_find(file.tensors_, {}, &Tensor::name);
  if (twice != file.tensors_.end())
    return fail(ErrorCode::kInvalid, "{} is damaged: it has tensor {} twice", file.name_, twice->name);
  return file;
}

const Tensor* MarianFile::find(std::string_view name) const {
  const auto found = std::ranges::lower_bound(tensors_, name, {}, &Tensor::name);
  return found != tensors_.end() && found->name == name ? &*found : nullptr;
}

}  // namespace parley::translation
