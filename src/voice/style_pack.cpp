// SPDX-License-Identifier: GPL-3.0-or-later
#include "voice/style_pack.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include <boost/crc.hpp>

#include "base/mapped_file.h"

namespace parley::voice {

static_assert(std::endian::native == std::endian::little, "style packs are little-endian and are copied as they are");

StylePack::StylePack(std::vector<float> values) : values_(std::move(values)) {
  boost::crc_32_type crc;
  crc.process_bytes(values_.data(), values_.size() * sizeof(float));
  checksum_ = crc.checksum();
}

Result<StylePack> StylePack::load(const std::filesystem::path& file) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  const auto bytes = mapped->bytes();
  if (bytes.size() != kFileBytes) {
    return fail(
        ErrorCode::kInvalid,
        "voice {} has {} bytes instead of {}: it is no Kokoro style pack, or it is cut short; run `make models`",
        file.string(), bytes.size(), kFileBytes);
  }
  std::vector<float> values(kRows * kColumns);
  std::memcpy(values.data(), bytes.data(), bytes.size());
  const auto bad = std::ranges::find_if_not(values, [](float value) { return std::isfinite(value); });
  if (bad != values.end()) {
    return fail(ErrorCode::kInvalid,
                "voice {} has a value in row {} that is no number: the file is damaged; run `make models`",
                file.string(), (bad - values.begin()) / kColumns);
  }
  return StylePack(std::move(values));
}

std::span<const float> StylePack::row(std::size_t tokens) const {
  return std::span(values_).subspan(std::min(tokens, kRows - 1) * kColumns, kColumns);
}

}  // namespace parley::voice
