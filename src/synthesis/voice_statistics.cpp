// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/voice_statistics.h"

#include <algorithm>
#include <array>
#include <bit>
#include <vector>

#include "vocoder/tensor_file.h"

namespace parley::synthesis {
namespace {

using vocoder::kNormChannels;
using vocoder::NamedTensor;
using vocoder::TensorFile;

constexpr vocoder::TensorFileKind kKind{'P', 'A', 'R', 'L', 'E', 'Y', 'V', 'S'};
constexpr std::uint32_t kVersion = 3;

}  // namespace

Result<VoiceStatistics> load_voice_statistics(const std::filesystem::path& path, const StatisticsKey& key) {
  const auto file = TensorFile::open(path, kKind, kVersion);
  if (!file) return std::unexpected(file.error());
  const auto measured_on = file->ints("key", {2});
  const auto base = file->floats("base", {2 * kNormChannels});
  const auto level = file->floats("level", {1});
  const auto excess = file->floats("excess", {1});
  if (!measured_on) return std::unexpected(measured_on.error());
  for (const auto* part : {&base, &level, &excess}) {
    if (!*part) return std::unexpected(part->error());
  }
  if (std::bit_cast<StatisticsKey>(std::array{(*measured_on)[0], (*measured_on)[1]}) != key)
    return fail(ErrorCode::kNotFound, "{} was measured on another voice or model", path.string());
  if (!((*excess)[0] > 0.0F)) return fail(ErrorCode::kInvalid, "{} has no positive excess: remove it", path.string());
  VoiceStatistics statistics{.level = (*level)[0], .excess = (*excess)[0]};
  statistics.base.assign(base->begin(), base->end());
  return statistics;
}

Result<void> save_voice_statistics(const std::filesystem::path& path, const VoiceStatistics& statistics,
                                   const StatisticsKey& key) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);  // what it failed at, writing says
  const auto measured_on = std::bit_cast<std::array<std::int32_t, 2>>(key);
  const std::array tensors{
      NamedTensor{"key", {2}, std::span<const std::int32_t>(measured_on)},
      NamedTensor{"base", {2 * kNormChannels}, std::span<const float>(statistics.base)},
      NamedTensor{"level", {1}, std::span<const float>(&statistics.level, 1)},
      NamedTensor{"excess", {1}, std::span<const float>(&statistics.excess, 1)},
  };
  return vocoder::write_tensor_file(path, kKind, kVersion, tensors);
}

}  // namespace parley::synthesis
