// SPDX-License-Identifier: GPL-3.0-or-later
// The shape of Kokoro's waveform generator, an ISTFTNet (Kaneko et al. 2022) with Snake and adaptive norms as in
// StyleTTS 2:
//
//   features 80 Hz ─leaky─▶ up ×10 ─(+ noise block)─▶ three blocks, averaged ─leaky─▶ up ×6 ─(+ noise block)─▶ three
//   blocks, averaged ─leaky─▶ post ─▶ magnitude and phase, 4800 Hz ─▶ inverse STFT, 24 kHz
//
// The harmonic source enters both stages through a noise convolution and a noise block.
#pragma once

#include <array>
#include <cstddef>

namespace parley::vocoder {

inline constexpr int kSampleRate = 24000;
inline constexpr std::size_t kFrameSamples = 300;  ///< One frame of features: 12.5 ms.
inline constexpr std::size_t kFrameRate = 80;
inline constexpr std::size_t kFeatureChannels = 512;

/// Rows of the harmonic source in a frame; a stretch of n frames needs n · 60 + 1 rows.
inline constexpr std::size_t kFrameHarmonics = 60;
inline constexpr std::size_t kHarmonicChannels = 22;

/// One of the two upsampling stages.
struct Stage {
  std::size_t inputs;         ///< Channels before it.
  std::size_t channels;       ///< Channels after it.
  std::size_t factor;         ///< Of upsampling.
  std::size_t noise_taps;     ///< Of the convolution that brings in the harmonic source,
  std::size_t noise_stride;   ///< its stride in rows of that,
  std::size_t noise_padding;  ///< and the rows of zeros before its first.
};
inline constexpr std::array kStages{Stage{512, 256, 10, 12, 6, 3}, Stage{256, 128, 6, 1, 1, 0}};

inline constexpr std::size_t kBlocksPerStage = 4;  ///< The noise block first.
inline constexpr std::size_t kConvsPerBlock = 6;   ///< Three pairs, each around a residual.
inline constexpr std::size_t kConvs = kStages.size() * kBlocksPerStage * kConvsPerBlock;

inline constexpr std::size_t kPostTaps = 7;
inline constexpr std::size_t kSpectrumChannels = 22;  ///< Eleven log magnitudes, then eleven phases before their sine.
inline constexpr std::size_t kBins = kSpectrumChannels / 2;
inline constexpr std::size_t kTransform = 20;  ///< Samples of the inverse STFT
inline constexpr std::size_t kHop = 5;         ///< and its step.

/// Every convolution has an adaptive norm before it, over that many channels.
constexpr std::size_t norm_channels(std::size_t norm) {
  return kStages[norm / (kBlocksPerStage * kConvsPerBlock)].channels;
}

/// Where a norm's channels begin in a row of all norms' channels.
constexpr std::size_t norm_offset(std::size_t norm) {
  std::size_t offset = 0;
  for (std::size_t i = 0; i < norm; ++i) offset += norm_channels(i);
  return offset;
}

inline constexpr std::size_t kNormChannels = norm_offset(kConvs);
static_assert(kNormChannels == 9216);

}  // namespace parley::vocoder
