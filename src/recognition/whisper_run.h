// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ctranslate2/layers/whisper.h>

#include "recognition/greedy.h"
#include "recognition/whisper_rules.h"
#include "recognition/whisper_tokens.h"

namespace parley::recognition {

/// Whisper's two networks in CTranslate2, run directly: what CTranslate2 generates with reads a known beginning token
/// by token, which costs as much as decoding it, and runs in a thread of its own. The weights are shared; a run has its
/// own small state, so each stream has one. One thread at a time. Throws what CTranslate2 throws.
class WhisperRun {
 public:
  struct Hypothesis {
    Decoded text;
    double no_speech_probability = 0.0;
  };

  WhisperRun(std::shared_ptr<const ctranslate2::models::Model> model, WhisperRules rules, WhisperControl control);

  /// `mel`: [80][frames]. The states: [1][frames / 2][width].
  ctranslate2::StorageView encode(std::vector<float>& mel, std::size_t frames);

  /// `prompt`: control tokens, two or more. Stops at the end or after `limit` tokens, greedily. A good `draft` of the
  /// text makes it quick.
  Hypothesis decode(ctranslate2::StorageView states, std::span<const std::size_t> prompt,
                    std::span<const std::int64_t> draft, std::size_t limit);

 private:
  class Reader;

  /// CTranslate2's decoder reads several tokens at once only at its first step; its base can at any.
  class Decoder : public ctranslate2::layers::WhisperDecoder {
   public:
    using WhisperDecoder::decode;
    using WhisperDecoder::WhisperDecoder;
  };

  std::shared_ptr<const ctranslate2::models::Model> model_;
  WhisperRules rules_;
  WhisperControl control_;
  ctranslate2::layers::WhisperEncoder encoder_;
  Decoder decoder_;
};

}  // namespace parley::recognition
