// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "recognition/moonshine.h"
#include "recognition/recognizer.h"
#include "recognition/whisper.h"

namespace parley::recognition {

/// Which engine hears which language. Engines: "moonshine" (English), "whisper" (about a hundred languages).
struct RecognitionConfig {
  std::string default_engine = "whisper";
  std::map<std::string, std::string> engines{
      {"en", "moonshine"}};  ///< Language code → engine, where it is not the default.
  /// Language code → engines that hear it while its own does not, in the order in which they are tried. They cost
  /// nothing: an engine that is no language's own is not loaded for it.
  std::map<std::string, std::vector<std::string>> fallbacks{{"en", {"whisper"}}};
  MoonshineConfig moonshine;  ///< An empty directory means moonshine-base-en under default_model_directory().
  StreamOptions stream;       ///< Of all engines.
  WhisperConfig whisper;      ///< An empty directory means whisper-base under default_model_directory().
};

/// Loads one engine by its name and runs it once, so that the first call does not pay for it. Errors: kInvalid for an
/// unknown name, and those of the engine.
Result<std::shared_ptr<const Recognizer>> load_recognizer(const RecognitionConfig& config, const std::string& name);

/// The names of the engines that hear `language` in a process that serves `languages`: its own, then its fallbacks of
/// which one is some other language's own.
std::vector<std::string> engine_names(const RecognitionConfig& config, const Language& language,
                                      std::span<const Language> languages);

/// The loaded engines of a process. Immutable, any thread.
class Recognizers {
 public:
  /// Loads the engines that `languages` need, no others, and runs each once so that the first call does not pay for it.
  /// Errors: kInvalid for an unknown engine's name, kUnsupported when an engine does not know a language that it is to
  /// hear, and those of the engines.
  static Result<Recognizers> load(const RecognitionConfig& config, std::span<const Language> languages);

  /// The engine for a language. Errors: kUnsupported when its engine was not loaded or does not know it.
  Result<std::shared_ptr<const Recognizer>> for_language(const Language& language) const;

  /// The engines for a language in the order in which they are to be tried: its own, then its fallbacks. Empty where
  /// for_language() fails.
  std::vector<std::shared_ptr<const Recognizer>> chain_for(const Language& language) const;

 private:
  RecognitionConfig config_;
  std::vector<Language> languages_;
  std::map<std::string, std::shared_ptr<const Recognizer>> engines_;
};

}  // namespace parley::recognition
