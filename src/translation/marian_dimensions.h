// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::translation {

/// The size of a model's graph, from the configuration embedded in its file (`special:model.yml`).
struct MarianDimensions {
  std::size_t model = 0;         ///< dim-emb: width of every hidden state.
  std::size_t heads = 0;         ///< transformer-heads; divides `model`.
  std::size_t feed_forward = 0;  ///< transformer-dim-ffn
  std::size_t encoder_layers = 0;
  std::size_t decoder_layers = 0;
  std::size_t source_vocabulary = 0;
  std::size_t target_vocabulary = 0;
  bool one_embedding = true;  ///< tied-embeddings-all: one table for source, target and output; else two, the target's
                              ///< tied to the output.

  std::size_t head() const { return model / heads; }
};

/// Reads the embedded configuration and refuses every graph but the one the engine computes: a post-norm transformer
/// encoder and an SSRU decoder with ReLU feed-forward layers and tied output. `file` is for messages. Errors: kInvalid
/// (not readable, absurd sizes), kUnsupported.
Result<MarianDimensions> read_dimensions(std::string_view yml, const std::string& file);

}  // namespace parley::translation
