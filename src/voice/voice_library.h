// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "voice/style_pack.h"

namespace parley::voice {

enum class Sex { kFemale, kMale, kUnknown };

/// "female", "male", "unknown".
std::string_view to_string(Sex sex);

/// A voice as a user chooses it.
struct VoiceInfo {
  std::string name;   ///< "pf_dora"; the pack's file name without ".bin".
  Language language;  ///< The language its speaker was recorded in; empty when the name does not tell.
  Sex sex = Sex::kUnknown;
};

/// What Kokoro's naming tells about a voice: the first letter is its language (a and b English, e Spanish, f French, h
/// Hindi, i Italian, j Japanese, p Portuguese, z Chinese), the second f or m. A name of another shape gives a VoiceInfo
/// with the name alone.
VoiceInfo describe_voice(std::string_view name);

/// A directory of style packs, each read when it is first asked for (0.5 MB) and then kept. Any thread.
class VoiceLibrary {
 public:
  /// Lists the directory's *.bin files; reads none. Errors: kNotFound (no such directory, or no voice in it).
  static Result<VoiceLibrary> open(const std::filesystem::path& directory);

  /// All voices, sorted by name.
  const std::vector<VoiceInfo>& voices() const { return voices_; }

  bool has(std::string_view name) const;

  /// Errors: kNotFound (no such voice; the message names those spelt most alike), kInvalid (its file is no style pack).
  Result<std::shared_ptr<const StylePack>> find(std::string_view name) const;

 private:
  struct Cache {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const StylePack>, std::less<>> packs;
  };

  VoiceLibrary(std::filesystem::path directory, std::vector<VoiceInfo> voices);

  std::vector<std::string> alike(std::string_view name) const;

  std::filesystem::path directory_;
  std::vector<VoiceInfo> voices_;
  std::unique_ptr<Cache> cache_;  // apart, so that a library can be moved
};

}  // namespace parley::voice
