// SPDX-License-Identifier: GPL-3.0-or-later
#include "voice/voice_library.h"

#include <algorithm>
#include <numeric>

namespace parley::voice {
namespace {

constexpr std::size_t kSuggestions = 3;

std::string_view language_of_letter(char letter) {
  switch (letter) {
    case 'a':
    case 'b': return "en";
    case 'e': return "es";
    case 'f': return "fr";
    case 'h': return "hi";
    case 'i': return "it";
    case 'j': return "ja";
    case 'p': return "pt";
    case 'z': return "zh";
    default: return {};
  }
}

// Levenshtein's distance, one row at a time.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row.back();
}

// How far a wish is from a voice: its whole name, or the part after "pf_", so that "dora" finds "pf_dora".
std::size_t unlikeness(std::string_view wish, std::string_view voice) {
  const std::size_t whole = edit_distance(wish, voice);
  const std::size_t underscore = voice.find('_');
  return underscore == std::string_view::npos ? whole
                                              : std::min(whole, edit_distance(wish, voice.substr(underscore + 1)));
}

}  // namespace

std::string_view to_string(Sex sex) {
  switch (sex) {
    case Sex::kFemale: return "female";
    case Sex::kMale: return "male";
    case Sex::kUnknown: break;
  }
  return "unknown";
}

VoiceInfo describe_voice(std::string_view name) {
  VoiceInfo info{.name = std::string(name), .language = {}, .sex = Sex::kUnknown};
  if (name.size() < 4 || name[2] != '_' || (name[1] != 'f' && name[1] != 'm')) return info;
  const std::string_view code = language_of_letter(name[0]);
  if (code.empty()) return info;
  info.language = Language::parse(code).value();
  info.sex = name[1] == 'f' ? Sex::kFemale : Sex::kMale;
  return info;
}

VoiceLibrary::VoiceLibrary(std::filesystem::path directory, std::vector<VoiceInfo> voices)
    : directory_(std::move(directory)), voices_(std::move(voices)), cache_(std::make_unique<Cache>()) {}

Result<VoiceLibrary> VoiceLibrary::open(const std::filesystem::path& directory) {
  std::vector<VoiceInfo> voices;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".bin") voices.push_back(describe_voice(entry->path().stem().string()));
  }
  if (error) {
    return fail(
        ErrorCode::kNotFound,
        "the voices in {} cannot be listed ({}): run `make models`, or name their directory in the configuration",
        directory.string(), error.message());
  }
  if (voices.empty())
    return fail(ErrorCode::kNotFound, "there is no voice (*.bin) in {}: run `make models`", directory.string());
  std::ranges::sort(voices, {}, &VoiceInfo::name);
  return VoiceLibrary(directory, std::move(voices));
}

bool VoiceLibrary::has(std::string_view name) const {
  return std::ranges::binary_search(voices_, name, {}, &VoiceInfo::name);
}

Result<std::shared_ptr<const StylePack>> VoiceLibrary::find(std::string_view name) const {
  // Only listed names reach the file system, so that a request cannot name a path.
  if (!has(name))
    return fail(ErrorCode::kNotFound, "there is no voice \"{}\"; the nearest are {}", name,
                fmt::join(alike(name), ", "));
  const std::lock_guard lock(cache_->mutex);
  if (const auto known = cache_->packs.find(name); known != cache_->packs.end()) return known->second;
  auto pack = StylePack::load(directory_ / (std::string(name) + ".bin"));
  if (!pack) return std::unexpected(pack.error());
  return cache_->packs.emplace(name, std::make_shared<const StylePack>(std::move(*pack))).first->second;
}

std::vector<std::string> VoiceLibrary::alike(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& voice : voices_) names.push_back(voice.name);
  std::ranges::stable_sort(names, {}, [&](const std::string& voice) { return unlikeness(name, voice); });
  names.resize(std::min(names.size(), kSuggestions));
  return names;
}

}  // namespace parley::voice
