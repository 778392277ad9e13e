// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <ctranslate2/layers/whisper.h>

#include "recognition/whisper_rules.h"
#include "recognition/whisper_tokens.h"

namespace parley::recognition {

/// Whisper's two networks in CTranslate2, run directly: what CTranslate2 generates with forces a prefix token by token,
/// which costs as much as decoding it, and runs in a thread of its own. The weights are shared; a run has its own small
/// state, so each stream has one. One thread at a time. Throws what CTranslate2 throws.
class WhisperRun {
 public:
  struct Token {
    std::int64_t id = 0;
    double log_probability = 0.0;
  };
  struct Hypothesis {
    std::vector<Token> tokens;  ///< What follows the prefix.
    double end_log_probability = 0.0;
    double no_speech_probability = 0.0;  ///< Zero where there was a prefix.
    bool complete = false;               ///< It came to the end.
  };

  WhisperRun(std::shared_ptr<const ctranslate2::models::Model> model, WhisperRules rules, WhisperControl control);

  /// `mel`: [80][frames]. The states: [1][frames / 2][width].
  ctranslate2::StorageView encode(std::vector<float>& mel, std::size_t frames);

  /// `prompt`: control tokens, two or more. Stops at the end or after `limit` tokens, greedily.
  Hypothesis decode(ctranslate2::StorageView states, std::span<const std::size_t> prompt,
                    std::span<const std::int64_t> prefix, std::size_t limit);

 private:
  std::shared_ptr<const ctranslate2::models::Model> model_;
  WhisperRules rules_;
  WhisperControl control_;
  ctranslate2::layers::WhisperEncoder encoder_;
  ctranslate2::layers::WhisperDecoder decoder_;
};

}  // namespace parley::recognition
