// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/word_times.h"

#include <algorithm>
#include <vector>

#include "audio/frame.h"
#include "recognition/levels.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kFrame = audio::kFrameSamples;

/// Frames in [first, last) that hold speech; all of them when none does.
std::vector<std::size_t> voiced(std::span<const double> levels, std::size_t first, std::size_t last) {
  const double needed = least_speech_level(levels);
  std::vector<std::size_t> frames;
  for (std::size_t i = first; i < last; ++i) {
    if (levels[i] >= needed) frames.push_back(i);
  }
  for (std::size_t i = first; frames.empty() && i < last; ++i) frames.push_back(i);
  return frames;
}

/// The place between two voiced frames, `boundary` of them before it, moved to a pause if one is near.
std::size_t at_pause(std::span<const std::size_t> frames, std::size_t boundary) {
  constexpr std::size_t kNear = 8;
  constexpr std::size_t kPause = 4;
  const auto is_pause = [&](std::size_t at) {
    return at > 0 && at < frames.size() && frames[at] - frames[at - 1] > kPause;
  };
  for (std::size_t away = 0; away <= kNear; ++away) {
    if (is_pause(boundary + away)) return boundary + away;
    if (away < boundary && is_pause(boundary - away)) return boundary - away;
  }
  return boundary;
}

}  // namespace

void spread_words(std::span<PieceWord> words, std::span<const double> levels, std::size_t from, std::size_t to) {
  const std::size_t last = std::min(levels.size(), to / kFrame);
  const auto frames = voiced(levels, std::min(from / kFrame, last), last);
  std::size_t all = 0;
  for (const auto& word : words) all += 1 + characters_of(word.text).size();
  std::size_t said = 0;
  std::size_t begin = 0;
  for (auto& word : words) {
    said += 1 + characters_of(word.text).size();
    if (frames.empty()) {
      word.begin = word.end = std::max(from, to);
      continue;
    }
    const std::size_t end = std::clamp(at_pause(frames, said * frames.size() / all), begin, frames.size());
    word.begin = frames[std::min(begin, frames.size() - 1)] * kFrame;
    word.end = end > begin ? (frames[end - 1] + 1) * kFrame : word.begin;
    begin = end;
  }
}

}  // namespace parley::recognition
