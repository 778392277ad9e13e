// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/speech_cutter.h"

#include <limits>

#include "audio/frame.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kFrame = audio::kFrameSamples;
constexpr std::size_t kPauseFrames = 10;  // 0.2 s, a short pause between words

double energy(std::span<const std::int16_t> samples) {
  double sum = 0.0;
  for (std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
  return sum;
}

/// The middle of the quietest 0.2 s in the second half of `samples`; the latest of equals.
std::size_t quietest(std::span<const std::int16_t> samples) {
  std::vector<double> frames;
  const std::size_t first = samples.size() / 2;
  for (std::size_t at = first; at + kFrame <= samples.size(); at += kFrame)
    frames.push_back(energy(samples.subspan(at, kFrame)));

  std::size_t best = samples.size();
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i + kPauseFrames <= frames.size(); ++i) {
    double sum = 0.0;
    for (std::size_t k = 0; k < kPauseFrames; ++k) sum += frames[i + k];
    if (sum > least) continue;
    least = sum;
    best = first + (i + kPauseFrames / 2) * kFrame;
  }
  return best;
}

}  // namespace

std::vector<std::span<const std::int16_t>> cut_speech(std::span<const std::int16_t> samples, std::size_t longest) {
  std::vector<std::span<const std::int16_t>> pieces;
  while (samples.size() > longest) {
    const std::size_t cut = quietest(samples.first(longest));
    pieces.push_back(samples.first(cut));
    samples = samples.subspan(cut);
  }
  if (!samples.empty()) pieces.push_back(samples);
  return pieces;
}

}  // namespace parley::recognition
