// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <stop_token>

#include "base/aligned.h"
#include "vocoder/crew.h"
#include "vocoder/statistics.h"
#include "vocoder/weights.h"

namespace parley::vocoder {

/// What the generator makes sound of: a stretch of a phrase.
struct Stretch {
  std::span<const float> features;   ///< [frames][kFeatureChannels]
  std::span<const float> harmonics;  ///< [frames · kFrameHarmonics + 1][kHarmonicChannels]

  std::size_t frames() const { return features.size() / kFeatureChannels; }

  /// The frames from `begin` to `end` of it.
  Stretch part(std::size_t begin, std::size_t end) const;
};

/// Kokoro's waveform generator with the memory to run it: everything is allocated when it is made (docs/benchmarks.md
/// says how much), nothing when it runs. One thread at a time; the crew helps.
class Generator {
 public:
  /// Runs stretches of up to `max_frames` frames with so many threads.
  Generator(std::shared_ptr<const GeneratorWeights> weights, std::size_t max_frames, int threads = 1);

  std::size_t max_frames() const { return max_frames_; }

  /// The sound of a stretch: kFrameSamples a frame, 24 kHz, full scale at ±1, valid until the next run. The first and
  /// last frames sound as if there were silence beyond them. Precondition: 1 … max_frames frames, spans of the right
  /// size (std::logic_error otherwise).
  std::span<const float> run(const Stretch& stretch, const Conditioning& conditioning);

  /// The same with the norms' statistics measured on the stretch itself, as the model was trained: for whole phrases.
  /// `observed` gets what was measured. After a stop was requested it ends soon, and what it gives is worth nothing.
  std::span<const float> run_measuring(const Stretch& stretch, const StyleAffine& style, NormStatistics& observed,
                                       std::stop_token stop = {});

 private:
  class Run;  ///< What every member of the crew does in one run.

  /// Rows with room before and behind them for padding, as a convolution wants it.
  struct Memory {
    AlignedVector<float> features;   ///< Leaky, a row of zeros at both ends.
    AlignedVector<float> harmonics;  ///< Padding rows at both ends.
    AlignedVector<float> signal;     ///< What goes through a stage.
    AlignedVector<float> middle;     ///< Between the two convolutions of a pair.
    AlignedVector<float> block;      ///< What comes out of a block.
    AlignedVector<float> sum;        ///< Of a stage's blocks.
    AlignedVector<float> leaky;      ///< What goes into the next stage.
    AlignedVector<float> spectrum;   ///< [rows][kSpectrumChannels]
    AlignedVector<float> pieces;     ///< [rows][kTransform], to be overlapped and added
    AlignedVector<std::uint8_t> activations;
    AlignedVector<std::int32_t> activation_sums;
    AlignedVector<float> samples;
  };

  std::span<const float> start(Run run, std::size_t frames);
  void check(const Stretch& stretch) const;

  const std::shared_ptr<const GeneratorWeights> weights_;
  const std::size_t max_frames_;
  Memory memory_;
  Conditioning measured_;
  std::vector<kernels::Range> ranges_;  ///< Each member's, of the activations about to be quantised.
  Crew crew_;
};

}  // namespace parley::vocoder
