// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <tuple>

#include "base/language.h"
#include "base/result.h"
#include "synthesis/voice_statistics.h"
#include "voice/style_pack.h"

namespace parley::synthesis {

/// A voice speaking a language.
struct VoiceUse {
  std::string voice;
  Language language;
  std::shared_ptr<const voice::StylePack> pack;
};

/// The statistics of voices, measured once and kept in files, by a thread of the lowest priority. Any thread.
class StatisticsStore {
 public:
  /// Measures a voice, in the store's thread; ends soon after a stop is requested.
  using Measure = std::function<Result<VoiceStatistics>(const VoiceUse&, std::stop_token)>;

  /// Files go into `directory`, which is made when the first one is written; empty: none are kept. `generator` is the
  /// checksum of the generator's weights. Without `measure` only files are read, also those that another process writes
  /// later.
  StatisticsStore(std::filesystem::path directory, std::uint32_t generator, Measure measure);

  /// Waits for a measurement that is running, which was asked to stop.
  ~StatisticsStore();

  /// What is known of the voice now; null when it was never measured. The first call for a voice reads its file (74 kB)
  /// or has it measured.
  std::shared_ptr<const VoiceStatistics> find(const VoiceUse& use);

  /// Measures the voice now, in this thread, unless it is known. Errors: the measurement's; kUnavailable without
  /// `measure`.
  Result<std::shared_ptr<const VoiceStatistics>> measure_now(const VoiceUse& use);

 private:
  /// Voice, language code, checksum of the pack: a voice may be trained again under its name.
  using Key = std::tuple<std::string, std::string, std::uint32_t>;

  std::shared_ptr<const VoiceStatistics> known(const VoiceUse& use);
  Result<std::shared_ptr<const VoiceStatistics>> measure(const VoiceUse& use, const std::stop_token& stop);
  std::filesystem::path file_of(const VoiceUse& use) const;
  StatisticsKey key_of(const VoiceUse& use) const;
  static Key memory_key_of(const VoiceUse& use);
  void serve(const std::stop_token& stop);

  const std::filesystem::path directory_;
  const std::uint32_t generator_;
  const Measure measure_;

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<Key, std::shared_ptr<const VoiceStatistics>> known_;
  std::set<Key> asked_;  ///< Not looked for in a file any more: it is queued, or what is there is damaged.
  std::deque<VoiceUse> queue_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace parley::synthesis
