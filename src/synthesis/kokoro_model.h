// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "base/result.h"
#include "vocoder/architecture.h"

namespace parley::synthesis {

/// The Kokoro-82M graph, whole phrases at a time. Immutable: any thread, many at once.
class KokoroModel {
 public:
  static constexpr int kSampleRate = vocoder::kSampleRate;

  /// `threads`: inside one run. Errors: kNotFound, kInvalid (corrupt, or another model).
  static Result<KokoroModel> load(const std::filesystem::path& file, int threads);

  /// The speech of a phrase: mono, 24 kHz, full scale at ±1, sometimes louder. `tokens` at most 510, without the frame
  /// of zeros; `style` 256 values; `speed` 1.0 is the voice's own. `options` can end the run from another thread.
  /// Errors: kInvalid (too many tokens, a style that is no numbers), kInternal (the run failed or was ended, or gave no
  /// numbers).
  Result<std::vector<float>> run(std::span<const std::int64_t> tokens, std::span<const float> style, float speed,
                                 const Ort::RunOptions& options) const;

 private:
  explicit KokoroModel(Ort::Session session) : session_(std::move(session)) {}

  // ONNX Runtime's Run is safe from many threads, though it is not declared const.
  mutable Ort::Session session_;
};

}  // namespace parley::synthesis
