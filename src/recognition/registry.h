// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>

#include "recognition/moonshine.h"
#include "recognition/recognizer.h"
#include "recognition/whisper.h"

namespace parley::recognition {

/// Which engine hears which language. Engines: "moonshine" (English), "whisper" (about a hundred languages).
struct RecognitionConfig {
  std::string default_engine = "whisper";
  std::map<std::string, std::string> engines{
      {"en", "moonshine"}};   ///< Language code → engine, where it is not the default.
  MoonshineConfig moonshine;  ///< An empty directory means moonshine-base-en under default_model_directory().
  StreamOptions stream;       ///< Of all engines.
  WhisperConfig whisper;      ///< An empty directory means whisper-base under default_model_directory().
};

/// The loaded engines of a process. Immutable, any thread.
class Recognizers {
 public:
  /// Loads the engines that `languages` need, no others, and runs each once so that the first call does not pay for it.
  /// Errors: kInvalid for an unknown engine's name, kUnsupported when an engine does not know its language, and those
  /// of the engines.
  static Result<Recognizers> load(const RecognitionConfig& config, std::span<const Language> languages);

  /// The engine for a language. Errors: kUnsupported when its engine was not loaded or does not know it.
  Result<std::shared_ptr<const Recognizer>> for_language(const Language& language) const;

 private:
  RecognitionConfig config_;
  std::map<std::string, std::shared_ptr<const Recognizer>> engines_;
};

}  // namespace parley::recognition
