// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/spoken_notices.h"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <set>
#include <system_error>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "audio/wav.h"

namespace parley::synthesis {
namespace {

namespace fs = std::filesystem;

constexpr double kPace = 1.15;                 // A little brisk: they interrupt a conversation.
constexpr std::size_t kLongest = 15 * 16'000;  // Samples: a longer file is none of ours.

const Language& english() {
  static const Language language = Language::parse("en").value();
  return language;
}

/// FNV-1a, 64 bits: the same in every process, so that it can name files.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

std::string name_of_voice(std::string_view engine, std::string_view voice) {
  std::string name = fmt::format("{}-{}", engine, voice);
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  std::ranges::replace_if(
      name, [&](char c) { return !fits(c); }, '_');
  return name;
}

/// "pt-busy-": what all files of a notice begin with.
std::string stem_of(const std::pair<Language, Notice>& key) {
  return fmt::format("{}-{}-", key.first.code(), to_string(key.second));
}

/// A notice from a file; nothing where it cannot be one.
SpokenNotices::Sound read(const fs::path& file) {
  auto sound = audio::read_recording(file);
  if (sound && !sound->empty() && sound->size() <= kLongest)
    return std::make_shared<const std::vector<std::int16_t>>(std::move(*sound));
  spdlog::warn("notice {} is passed over and will be spoken anew: {}", file.string(),
               sound ? "it is empty or far too long" : sound.error().message);
  return nullptr;
}

}  // namespace

SpokenNotices::SpokenNotices(Notices notices, fs::path directory)
    : notices_(std::move(notices)), directory_(std::move(directory)) {
  if (!directory_.empty()) load();
}

fs::path SpokenNotices::file_of(const Key& key, const std::string& by) const {
  return directory_ / fmt::format("{}{:016x}-{}.wav", stem_of(key), hash_of(notices_.text(key.first, key.second)), by);
}

void SpokenNotices::load() {
  std::error_code error;
  std::map<Key, fs::file_time_type> ages;
  for (fs::directory_iterator entry(directory_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    const auto language = Language::parse(std::string_view(name).substr(0, name.find('-')));
    if (!language || entry->path().extension() != ".wav") continue;
    for (const Notice notice : kAllNotices) {
      const Key key{*language, notice};
      const std::string begin = file_of(key, "").stem().string();
      if (notices_.language_of(*language, notice) != *language || !name.starts_with(begin)) continue;
      std::error_code no_age;
      const auto age = entry->last_write_time(no_age);
      if (const auto known = ages.find(key); known != ages.end() && known->second >= age) continue;
      auto sound = read(entry->path());
      if (!sound) continue;
      ages[key] = age;
      sounds_[key] = {.by = entry->path().stem().string().substr(begin.size()), .sound = std::move(sound)};
    }
  }
}

SpokenNotices::Sound SpokenNotices::sound(const Language& language, Notice notice) const {
  const std::lock_guard lock(mutex_);
  auto found = sounds_.find({language, notice});
  if (found == sounds_.end()) found = sounds_.find({english(), notice});
  return found == sounds_.end() ? nullptr : found->second.sound;
}

Result<void> SpokenNotices::speak_missing(const Synthesizer& synthesizer, std::span<const Language> languages) {
  Result<void> first_error;
  // The notice that is wanted when something fails comes first, in every language.
  for (const Notice notice : kAllNotices) {
    std::set<Language> wanted;
    for (const Language& language : languages) {
      const Language spoken = notices_.language_of(language, notice);
      wanted.insert(synthesizer.supports(spoken) ? spoken : english());
    }
    for (const Language& language : wanted) {
      auto spoken = speak(synthesizer, language, notice);
      if (!spoken && first_error) first_error = std::move(spoken);
    }
  }
  return first_error;
}

Result<void> SpokenNotices::speak(const Synthesizer& synthesizer, const Language& language, Notice notice) {
  const Key key{language, notice};
  const std::string voice = synthesizer.default_voice(language);
  const std::string by = name_of_voice(synthesizer.name(), voice);
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = sounds_.find(key); known != sounds_.end() && known->second.by == by) return {};
  }
  auto stream = synthesizer.synthesize(
      {.phrase = std::string(notices_.text(language, notice)), .language = language, .voice = voice, .speed = kPace});
  if (!stream) return std::unexpected(stream.error());
  std::vector<std::int16_t> samples;
  for (;;) {
    auto chunk = (*stream)->next();
    if (!chunk) return std::unexpected(chunk.error());
    if (chunk->empty()) break;
    samples.insert(samples.end(), chunk->begin(), chunk->end());
  }
  if (samples.empty())
    return fail(ErrorCode::kInternal, "{} said nothing for the notice {} in {}", synthesizer.name(), to_string(notice),
                language.code());
  const Spoken spoken{.by = by, .sound = std::make_shared<const std::vector<std::int16_t>>(std::move(samples))};
  {
    const std::lock_guard lock(mutex_);
    sounds_[key] = spoken;
  }
  return directory_.empty() ? Result<void>() : keep(key, spoken);
}

/// Under another name first, for a process may be killed in the middle of a file.
Result<void> SpokenNotices::keep(const Key& key, const Spoken& spoken) const {
  std::error_code error;
  fs::create_directories(directory_, error);
  const fs::path file = file_of(key, spoken.by);
  const fs::path unfinished = fmt::format("{}.{}", file.string(), ::getpid());
  auto written = audio::write_recording(unfinished, *spoken.sound);
  if (written) {
    fs::rename(unfinished, file, error);
    if (error) written = fail(ErrorCode::kUnavailable, "notice {} cannot be kept: {}", file.string(), error.message());
  }
  if (!written) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    return fail(ErrorCode::kUnavailable, "{}", written.error().message);
  }
  // What another voice or an earlier text has left.
  std::vector<fs::path> old;
  for (fs::directory_iterator entry(directory_, error), end; !error && entry != end; entry.increment(error)) {
    if (entry->path() != file && entry->path().filename().string().starts_with(stem_of(key)))
      old.push_back(entry->path());
  }
  for (const auto& each : old) fs::remove(each, error);
  return {};
}

}  // namespace parley::synthesis
