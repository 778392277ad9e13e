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

}  // namespace

void spread_words(std::span<PieceWord> words, std::span<const double> levels, std::size_t from, std::size_t to) {
  const std::size_t last = std::min(levels.size(), to / kFrame);
  const auto frames = voiced(levels, std::min(from / kFrame, last), last);
  std::size_t all = 0;
  for (const auto& word : words) all += 1 + characters_of(word.text).size();
  std::size_t before = 0;
  for (auto& word : words) {
    const std::size_t after = before + 1 + characters_of(word.text).size();
    if (frames.empty()) {
      word.begin = word.end = std::max(from, to);
    } else {
      const std::size_t first_frame = before * frames.size() / all;
      const std::size_t last_frame = std::max(first_frame + 1, after * frames.size() / all) - 1;
      word.begin = frames[first_frame] * kFrame;
      word.end = (frames[last_frame] + 1) * kFrame;
    }
    before = after;
  }
}

}  // namespace parley::recognition
