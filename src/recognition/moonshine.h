// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "recognition/recognizer.h"
#include "recognition/stream_options.h"

namespace parley::recognition {

struct MoonshineConfig {
  std::filesystem::path directory;  ///< Holds encoder.onnx, decoder.onnx and tokenizer.bin.
  int threads = 1;                  ///< Inside one run. One is right while other engines share the cores.
  StreamOptions stream;
};

/// English speech recognition by Moonshine base (Jeffries et al. 2024, https://github.com/moonshine-ai/moonshine): an
/// encoder over the raw waveform, whose cost grows with the speech, and a greedy decoder. Any number of streams and
/// threads.
class Moonshine final : public Recognizer {
 public:
  /// Loads the model. Errors: kNotFound and kInvalid, naming the file.
  static Result<std::unique_ptr<Moonshine>> load(const MoonshineConfig& config);

  std::string_view name() const override { return "moonshine"; }
  bool supports(const Language& language) const override { return language.code() == "en"; }
  Result<std::unique_ptr<RecognitionStream>> open(const SessionContext& context) const override;
  Result<void> warm_up() const override;

 private:
  class Model;
  Moonshine(std::shared_ptr<const Model> model, const StreamOptions& stream)
      : model_(std::move(model)), stream_(stream) {}
  std::shared_ptr<const Model> model_;
  StreamOptions stream_;
};

}  // namespace parley::recognition
