// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/tensor_file.h"

#include <unistd.h>

#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <stdexcept>

#include <fmt/ranges.h>
#include <boost/crc.hpp>

namespace parley::vocoder {
namespace {

static_assert(std::endian::native == std::endian::little, "the file's numbers are used where they lie");

constexpr std::size_t kAlignment = 64;
constexpr std::size_t kMaxTensors = 4096;
constexpr std::size_t kMaxRank = 4;

enum Type : std::uint32_t { kU8 = 1, kF32 = 2, kI32 = 3 };

struct Header {
  char kind[8];
  std::uint32_t version;
  std::uint32_t count;
  std::uint64_t file_size;
  std::uint32_t crc;
  char unused[36];
};
static_assert(sizeof(Header) == 64);

struct DirectoryEntry {
  char name[56];
  std::uint32_t type;
  std::uint32_t rank;
  std::uint64_t dims[kMaxRank];
  std::uint64_t offset;
  std::uint64_t bytes;
  char unused[16];
};
static_assert(sizeof(DirectoryEntry) == 128);

std::size_t width_of(std::uint32_t type) { return type == kU8 ? 1 : 4; }

std::size_t aligned(std::size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

/// Bytes of a tensor; nothing when that is more than `limit`, or a dimension is 0.
std::optional<std::uint64_t> size_of(std::uint32_t type, std::span<const std::uint64_t> dims, std::uint64_t limit) {
  std::uint64_t bytes = width_of(type);
  for (const std::uint64_t dim : dims) {
    if (dim == 0 || bytes > limit / dim) return std::nullopt;
    bytes *= dim;
  }
  return bytes <= limit ? std::optional(bytes) : std::nullopt;
}

std::uint32_t crc_of(std::span<const std::byte> bytes) {
  boost::crc_32_type crc;
  crc.process_bytes(bytes.data(), bytes.size());
  return crc.checksum();
}

template <typename T>
std::span<const T> as(std::span<const std::byte> data) {
  return {reinterpret_cast<const T*>(data.data()), data.size() / sizeof(T)};
}

}  // namespace

std::unexpected<Error> TensorFile::damaged(std::string_view what) const {
  return fail(ErrorCode::kInvalid, "{} {}: it is damaged, or made by another version", path_.string(), what);
}

Result<TensorFile> TensorFile::open(const std::filesystem::path& path, const TensorFileKind& kind,
                                    std::uint32_t version) {
  auto mapped = MappedFile::open(path);
  if (!mapped) return std::unexpected(mapped.error());
  TensorFile file(path, std::move(*mapped));
  if (auto ok = file.read(kind, version); !ok) return std::unexpected(ok.error());
  return file;
}

Result<void> TensorFile::read(const TensorFileKind& kind, std::uint32_t version) {
  const auto bytes = file_.bytes();
  Header header;
  if (bytes.size() < sizeof header) return damaged("is too short");
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.kind, kind.data(), kind.size()) != 0)
    return damaged(fmt::format("does not begin with {}", std::string_view(kind.data(), kind.size())));
  if (header.version != version)
    return damaged(fmt::format("is of version {}, and this program reads {}", header.version, version));
  if (header.file_size != bytes.size())
    return damaged(fmt::format("has {} bytes instead of {}", bytes.size(), header.file_size));
  if (header.count > kMaxTensors || bytes.size() < sizeof header + header.count * sizeof(DirectoryEntry))
    return damaged("has no room for its directory");
  if (crc_of(bytes.subspan(sizeof header)) != header.crc) return damaged("has a wrong checksum");
  checksum_ = header.crc;
  for (std::size_t i = 0; i < header.count; ++i) {
    DirectoryEntry entry;
    std::memcpy(&entry, bytes.data() + sizeof header + i * sizeof entry, sizeof entry);
    const std::string name(entry.name, strnlen(entry.name, sizeof entry.name));
    if (name.size() == sizeof entry.name)
      return damaged(fmt::format("has a tensor \"{}…\" whose name has no end", name));
    const bool known = entry.type >= kU8 && entry.type <= kI32 && entry.rank >= 1 && entry.rank <= kMaxRank;
    if (!known) return damaged(fmt::format("has a tensor \"{}\" of no known type", name));
    const std::span dims(entry.dims, entry.rank);
    const auto size = size_of(entry.type, dims, bytes.size());
    if (!size || *size != entry.bytes || entry.offset % kAlignment != 0 || entry.offset > bytes.size() ||
        bytes.size() - entry.offset < *size)
      return damaged(fmt::format("has a tensor \"{}\" that lies outside it", name));
    const Entry found{entry.type, Shape(dims.begin(), dims.end()), bytes.subspan(entry.offset, *size)};
    if (!entries_.emplace(name, found).second) return damaged(fmt::format("has two tensors \"{}\"", name));
  }
  return {};
}

Result<TensorFile::Shape> TensorFile::shape(std::string_view name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return damaged(fmt::format("lacks the tensor \"{}\"", name));
  return found->second.shape;
}

Result<std::span<const std::byte>> TensorFile::find(std::string_view name, std::uint32_t type,
                                                    const Shape& wanted) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) return damaged(fmt::format("lacks the tensor \"{}\"", name));
  if (found->second.type != type || found->second.shape != wanted)
    return damaged(fmt::format("has \"{}\" as {} instead of {}", name, found->second.shape, wanted));
  return found->second.data;
}

Result<std::span<const float>> TensorFile::floats(std::string_view name, const Shape& wanted) const {
  const auto data = find(name, kF32, wanted);
  if (!data) return std::unexpected(data.error());
  const auto values = as<float>(*data);
  for (const float value : values) {
    if (!std::isfinite(value)) return damaged(fmt::format("has a value in \"{}\" that is no finite number", name));
  }
  return values;
}

Result<std::span<const std::int32_t>> TensorFile::ints(std::string_view name, const Shape& wanted) const {
  const auto data = find(name, kI32, wanted);
  if (!data) return std::unexpected(data.error());
  return as<std::int32_t>(*data);
}

Result<std::span<const std::uint8_t>> TensorFile::bytes(std::string_view name, const Shape& wanted) const {
  const auto data = find(name, kU8, wanted);
  if (!data) return std::unexpected(data.error());
  return as<std::uint8_t>(*data);
}

Result<void> write_tensor_file(const std::filesystem::path& path, const TensorFileKind& kind, std::uint32_t version,
                               std::span<const NamedTensor> tensors) {
  std::vector<std::byte> bytes(aligned(sizeof(Header) + tensors.size() * sizeof(DirectoryEntry)));
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const NamedTensor& tensor = tensors[i];
    const auto data = std::visit([](const auto& values) { return std::as_bytes(values); }, tensor.values);
    DirectoryEntry entry{};
    entry.type = static_cast<std::uint32_t>(tensor.values.index()) + kU8;
    const bool fits = tensor.name.size() < sizeof entry.name && !tensor.shape.empty() &&
                      tensor.shape.size() <= kMaxRank && size_of(entry.type, tensor.shape, data.size()) == data.size();
    if (!fits) throw std::logic_error(fmt::format("write_tensor_file: the tensor \"{}\" does not fit", tensor.name));
    std::ranges::copy(tensor.name, entry.name);
    entry.rank = static_cast<std::uint32_t>(tensor.shape.size());
    std::ranges::fill(entry.dims, 1);
    std::ranges::copy(tensor.shape, entry.dims);
    entry.offset = bytes.size();
    entry.bytes = data.size();
    std::memcpy(bytes.data() + sizeof(Header) + i * sizeof entry, &entry, sizeof entry);
    bytes.insert(bytes.end(), data.begin(), data.end());
    bytes.resize(aligned(bytes.size()));
  }
  Header header{};
  std::memcpy(header.kind, kind.data(), kind.size());
  header.version = version;
  header.count = static_cast<std::uint32_t>(tensors.size());
  header.file_size = bytes.size();
  header.crc = crc_of(std::span(bytes).subspan(sizeof header));
  std::memcpy(bytes.data(), &header, sizeof header);

  static std::atomic<unsigned> written{0};  // each writer has a scratch file of its own
  const std::filesystem::path scratch = fmt::format("{}.{}.{}.new", path.string(), getpid(), ++written);
  std::ofstream out(scratch, std::ios::binary);
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(scratch, path, error);
  if (!out || error) {
    std::error_code ignored;
    std::filesystem::remove(scratch, ignored);
    return fail(ErrorCode::kUnavailable, "{} cannot be written: is there space, and may this user write there?",
                path.string());
  }
  return {};
}

}  // namespace parley::vocoder
