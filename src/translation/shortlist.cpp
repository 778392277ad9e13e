// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/shortlist.h"

#include <algorithm>
#include <cstring>

namespace parley::translation {
namespace {

constexpr std::uint64_t kMagic = 0xF11A48D5013417F5;

struct Header {
  std::uint64_t magic;
  std::uint64_t checksum;
  std::uint64_t frequent;
  std::uint64_t best;
  std::uint64_t offsets;
  std::uint64_t entries;
};

}  // namespace

Result<Shortlist> Shortlist::open(const std::filesystem::path& path, std::size_t source_vocabulary,
                                  std::size_t target_vocabulary) {
  auto mapping = MappedFile::open(path);
  if (!mapping) return std::unexpected(mapping.error());
  auto shortlist = parse(mapping->bytes(), path.string(), source_vocabulary, target_vocabulary);
  if (shortlist) shortlist->mapping_.push_back(std::move(*mapping));
  return shortlist;
}

Result<Shortlist> Shortlist::parse(std::span<const std::byte> bytes, const std::string& name,
                                   std::size_t source_vocabulary, std::size_t target_vocabulary) {
  Header header{};
  if (bytes.size() < sizeof header)
    return fail(ErrorCode::kInvalid, "{} is no shortlist: it is too short for a header", name);
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.magic != kMagic) return fail(ErrorCode::kInvalid, "{} is no shortlist: it begins with other bytes", name);
  if (header.offsets != source_vocabulary + 1) {
    return fail(ErrorCode::kInvalid, "{} is of another model: it has lists for {} words, the vocabulary has {}", name,
                header.offsets == 0 ? 0 : header.offsets - 1, source_vocabulary);
  }
  const std::size_t body = bytes.size() - sizeof header;
  const std::size_t offset_bytes = header.offsets * sizeof(std::uint64_t);
  if (offset_bytes > body || header.entries > (body - offset_bytes) / sizeof(std::uint32_t)) {
    return fail(ErrorCode::kInvalid, "{} is truncated; run `make models`", name);
  }
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(std::uint64_t) != 0) {
    return fail(ErrorCode::kInvalid, "{} is not aligned in memory", name);
  }
  Shortlist shortlist;
  shortlist.offsets_ = reinterpret_cast<const std::uint64_t*>(bytes.data() + sizeof header);
  shortlist.entries_ = reinterpret_cast<const std::uint32_t*>(bytes.data() + sizeof header + offset_bytes);
  const std::span offsets(shortlist.offsets_, header.offsets);
  if (!std::ranges::is_sorted(offsets) || offsets.back() > header.entries) {
    return fail(ErrorCode::kInvalid, "{} is damaged: its lists overlap; run `make models`", name);
  }
  const std::span entries(shortlist.entries_, header.entries);
  if (std::ranges::any_of(entries, [&](std::uint32_t word) { return word >= target_vocabulary; })) {
    return fail(ErrorCode::kInvalid, "{} is of another model: it names words the vocabulary does not have", name);
  }
  return shortlist;
}

}  // namespace parley::translation
