// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "base/result.h"
#include "kernels/kernels.h"
#include "translation/marian_dimensions.h"
#include "translation/marian_file.h"

namespace parley::translation {

struct Linear {
  kernels::Int8Matrix matrix;
  const float* bias = nullptr;  ///< Null for none.
};

struct LayerNorm {
  const float* gain = nullptr;
  const float* bias = nullptr;
};

struct Attention {
  Linear query, key, value, output;
  LayerNorm norm;
};

struct FeedForward {
  Linear inner, outer;
  LayerNorm norm;
};

struct EncoderLayer {
  Attention self;
  FeedForward feed_forward;
};

/// Simpler Simple Recurrent Unit (Kim et al. 2019): a forget gate and a state, no matrix in the recurrence.
struct RecurrentUnit {
  Linear forget, input;
  LayerNorm norm;
};

struct DecoderLayer {
  RecurrentUnit recurrent;
  Attention context;
  FeedForward feed_forward;
};

/// A table of word vectors, int8 with a scale or f32.
struct Embedding {
  const std::int8_t* int8_rows = nullptr;
  const float* float_rows = nullptr;
  float scale = 1.0F;
};

/// A model's weights by their place in the graph, pointing into its file. Immutable: any thread.
class MarianWeights {
 public:
  /// Errors: kInvalid for a tensor that is missing or of another shape, kUnsupported for one that is not part of the
  /// known graph.
  static Result<MarianWeights> load(MarianFile file);

  MarianDimensions dimensions;
  Embedding source_embedding;
  Embedding target_embedding;
  std::vector<EncoderLayer> encoder;
  std::vector<DecoderLayer> decoder;
  Linear output;  ///< The target embedding, one row per word, and the output bias.

 private:
  friend class WeightBinder;
  explicit MarianWeights(MarianFile opened) : file_(std::move(opened)) {}
  MarianFile file_;
  std::deque<std::vector<std::int32_t>> row_sums_;
  std::vector<std::int8_t> quantised_output_;  ///< The output layer where the file has it in f32.
};

}  // namespace parley::translation
