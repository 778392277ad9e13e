// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "base/result.h"
#include "vocoder/generator.h"
#include "vocoder/statistics.h"

namespace parley::synthesis {

/// What the front half of Kokoro makes of a phrase: all its generator needs to sound any part of it.
class KokoroProsody {
 public:
  /// `outputs` as KokoroFront's graph gives them.
  explicit KokoroProsody(std::vector<Ort::Value> outputs);

  vocoder::Stretch phrase() const { return phrase_; }
  vocoder::StyleAffine style() const { return style_; }

  /// How long each token sounds, the framing ones included, in generator frames of 12.5 ms; they add up to the phrase.
  std::span<const std::size_t> token_frames() const { return token_frames_; }

 private:
  std::vector<Ort::Value> outputs_;  // what the spans look at
  vocoder::Stretch phrase_;
  vocoder::StyleAffine style_;
  std::vector<std::size_t> token_frames_;
};

/// The Kokoro-82M graph before its waveform generator: text, prosody, decoder, harmonic source; whole phrases at a
/// time. Immutable: any thread, many at once.
class KokoroFront {
 public:
  /// `threads`: inside one run. Errors: kNotFound, kInvalid (corrupt, or another model).
  static Result<KokoroFront> load(const std::filesystem::path& file, int threads);

  /// `tokens`: 1…510, without the frame of zeros; `style` 256 values; `speed` 1.0 is the voice's own. `options` can end
  /// the run from another thread. Errors: kInvalid (too many tokens, or a style that is no finite numbers), kInternal
  /// (the run failed or was ended, or gave no numbers).
  Result<KokoroProsody> run(std::span<const std::int64_t> tokens, std::span<const float> style, float speed,
                            const Ort::RunOptions& options) const;

 private:
  explicit KokoroFront(Ort::Session session) : session_(std::move(session)) {}

  // ONNX Runtime's Run is safe from many threads, though it is not declared const.
  mutable Ort::Session session_;
};

}  // namespace parley::synthesis
