// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "synthesis/notices.h"
#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// The notices as sound, in memory, so that they can be said when no engine is there. What was spoken once is kept in a
/// directory as WAV files, one for each language, notice, engine, voice and text: a process that is started again has
/// them before any engine is loaded. Any thread.
class SpokenNotices {
 public:
  /// s16, 16 kHz, mono; never changes. Null: there is none.
  using Sound = std::shared_ptr<const std::vector<std::int16_t>>;

  /// Takes what the directory has of these notices, whatever engine and voice spoke it; files that cannot be read are
  /// passed over. An empty path: nothing is kept.
  SpokenNotices(Notices notices, std::filesystem::path directory);

  /// The notice in the language, else in English; null while it has not been spoken.
  Sound sound(const Language& language, Notice notice) const;

  /// Speaks what these languages lack, the voice being the engine's default, and keeps it; what another engine or voice
  /// spoke is replaced. Takes some tenths of a second of a core for each that is missing; each can be had as soon as it
  /// is done. Notices that fail do not keep the others from being spoken. Errors: the first one of the engine's;
  /// kUnavailable when all are there but could not be kept.
  Result<void> speak_missing(const Synthesizer& synthesizer, std::span<const Language> languages);

 private:
  struct Spoken {
    std::string by;  ///< Engine and voice, as in the file's name; empty: nobody knows.
    Sound sound;
  };
  using Key = std::pair<Language, Notice>;

  void load();
  Result<void> speak(const Synthesizer& synthesizer, const Language& language, Notice notice);
  std::filesystem::path file_of(const Key& key, const std::string& by) const;
  Result<void> keep(const Key& key, const Spoken& spoken) const;

  const Notices notices_;
  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::map<Key, Spoken> sounds_;
};

}  // namespace parley::synthesis
