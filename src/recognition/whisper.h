// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>

#include "recognition/recognizer.h"
#include "recognition/stream_options.h"

namespace parley::recognition {

struct WhisperConfig {
  std::filesystem::path
      directory;  ///< A multilingual model in CTranslate2's format: model.bin, config.json, vocabulary, tokenizer.json.
  int threads = 1;  ///< Inside one run. One is right while other engines share the cores.

  /// What the encoder hears at least, silence included: 5 … 30 s. Its cost grows with it. Longer speech widens it, up
  /// to 30 s.
  std::chrono::seconds window{5};

  StreamOptions stream;
};

/// Speech recognition in about a hundred languages by Whisper (Radford et al. 2022) on CTranslate2, int8, greedy. Any
/// number of streams and threads.
class Whisper final : public Recognizer {
 public:
  /// Loads the model. Errors: kNotFound and kInvalid, naming the file.
  static Result<std::unique_ptr<Whisper>> load(const WhisperConfig& config);

  std::string_view name() const override { return "whisper"; }
  bool supports(const Language& language) const override;
  Result<std::unique_ptr<RecognitionStream>> open(const SessionContext& context) const override;
  Result<void> warm_up() const override;

 private:
  class Model;
  Whisper(std::shared_ptr<const Model> model, const StreamOptions& stream)
      : model_(std::move(model)), stream_(stream) {}
  std::shared_ptr<const Model> model_;
  StreamOptions stream_;
};

}  // namespace parley::recognition
