// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"
#include "vocoder/statistics_map.h"

namespace parley::synthesis {

/// What must be known of a voice in a language before its phrases can be sounded in windows.
struct VoiceStatistics {
  vocoder::StatisticsBase base = vocoder::StatisticsBase(2 * vocoder::kNormChannels);
  float level = 0.01F;  ///< Mean power where it speaks, before levelling (speech_level).
  float excess =
      1.0F;  ///< Power of it in windows against that of whole phrases: foretold norms make it a little louder.
};

/// What statistics were measured on; others are as good as none.
struct StatisticsKey {
  std::uint32_t voice = 0;      ///< Checksum of the style pack.
  std::uint32_t generator = 0;  ///< Checksum of the generator's weights.
  bool operator==(const StatisticsKey&) const = default;
};

/// Errors: kNotFound (no such file, or one of another key), kInvalid (damaged).
Result<VoiceStatistics> load_voice_statistics(const std::filesystem::path& file, const StatisticsKey& key);

/// Makes the directory if need be. Errors: kUnavailable (no space, no permission).
Result<void> save_voice_statistics(const std::filesystem::path& file, const VoiceStatistics& statistics,
                                   const StatisticsKey& key);

}  // namespace parley::synthesis
