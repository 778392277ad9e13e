// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/statistics_store.h"

#include <sys/resource.h>
#include <unistd.h>

#include <fmt/std.h>
#include <spdlog/spdlog.h>

namespace parley::synthesis {

StatisticsStore::StatisticsStore(std::filesystem::path directory, std::uint32_t generator, Measure measure)
    : directory_(std::move(directory)), generator_(generator), measure_(std::move(measure)) {
  if (measure_) thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
}

StatisticsStore::~StatisticsStore() = default;

std::filesystem::path StatisticsStore::file_of(const VoiceUse& use) const {
  return directory_ / fmt::format("{}-{}.stats", use.voice, use.language.code());
}

StatisticsKey StatisticsStore::key_of(const VoiceUse& use) const { return {use.pack->checksum(), generator_}; }

StatisticsStore::Key StatisticsStore::memory_key_of(const VoiceUse& use) {
  return {use.voice, std::string(use.language.code()), use.pack->checksum()};
}

std::shared_ptr<const VoiceStatistics> StatisticsStore::find(const VoiceUse& use) {
  if (auto statistics = known(use)) return statistics;
  if (!measure_) return nullptr;
  const std::lock_guard lock(mutex_);
  if (asked_.insert(memory_key_of(use)).second) {
    queue_.push_back(use);
    wake_.notify_one();
  }
  return nullptr;
}

/// From memory, or the file; null when neither has it.
std::shared_ptr<const VoiceStatistics> StatisticsStore::known(const VoiceUse& use) {
  const Key key = memory_key_of(use);
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(key); found != known_.end()) return found->second;
  if (directory_.empty() || asked_.contains(key)) return nullptr;
  auto loaded = load_voice_statistics(file_of(use), key_of(use));
  if (!loaded) {
    if (loaded.error().code == ErrorCode::kNotFound) return nullptr;  // Another process may be measuring it.
    spdlog::warn("kokoro: {}", loaded.error().message);
    if (!measure_) asked_.insert(key);
    return nullptr;
  }
  return known_[key] = std::make_shared<const VoiceStatistics>(std::move(*loaded));
}

Result<std::shared_ptr<const VoiceStatistics>> StatisticsStore::measure_now(const VoiceUse& use) {
  if (auto statistics = known(use)) return statistics;
  if (!measure_)
    return fail(ErrorCode::kUnavailable, "voices are not measured here: set synthesis.measure_voices to true");
  return measure(use, std::stop_token());
}

Result<std::shared_ptr<const VoiceStatistics>> StatisticsStore::measure(const VoiceUse& use,
                                                                        const std::stop_token& stop) {
  auto measured = measure_(use, stop);
  if (!measured) return std::unexpected(measured.error());
  const auto statistics = std::make_shared<const VoiceStatistics>(std::move(*measured));
  if (!directory_.empty()) {
    if (auto saved = save_voice_statistics(file_of(use), *statistics, key_of(use)); !saved)
      spdlog::warn("kokoro: {}; it will be measured again", saved.error().message);
  }
  const std::lock_guard lock(mutex_);
  known_[memory_key_of(use)] = statistics;
  return statistics;
}

void StatisticsStore::serve(const std::stop_token& stop) {
  // Calls come first: this thread gets what they leave.
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 19);
  while (true) {
    VoiceUse use;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !queue_.empty(); })) return;
      use = std::move(queue_.front());
      queue_.pop_front();
    }
    if (const auto measured = measure(use, stop); measured) {
      spdlog::info("kokoro: measured {} speaking {}", use.voice, use.language.code());
    } else if (!stop.stop_requested()) {
      spdlog::warn("kokoro: {} speaking {} could not be measured and goes on with each phrase for itself: {}",
                   use.voice, use.language.code(), measured.error().message);
    }
    if (stop.stop_requested()) return;
  }
}

}  // namespace parley::synthesis
