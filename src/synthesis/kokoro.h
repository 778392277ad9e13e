// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// What the Kokoro engine is made of.
struct KokoroConfig {
  std::filesystem::path
      directory;    ///< Holds kokoro.onnx, tokens.json, voices/*.bin; empty: kokoro under default_model_directory().
  int threads = 1;  ///< Inside one phrase, 1…64. One leaves the other cores to recognition; two give the first
                    ///< sound 1.6 × sooner.
  std::map<std::string, std::string> voices = {
      {"en", "af_heart"}, {"pt", "pf_dora"}, {"es", "ef_dora"},
      {"fr", "ff_siwis"}, {"it", "if_sara"}, {"hi", "hf_alpha"},
  };  ///< Language code → the voice where nobody chose one. An entry that is not here keeps none.

  /// Errors: kInvalid, naming the setting.
  Result<void> validate() const;

  /// "kokoro: directory=… threads=1 voices={en: af_heart, …}", for the log.
  std::string to_string() const;
};

/// Kokoro-82M in ONNX Runtime with espeak-ng's phonemes: English, Portuguese, Spanish, French, Italian and Hindi in 54
/// voices, of which each speaks every language. A stream gives one chunk for each 200 tokens (about 14 s), so one for
/// any ordinary phrase.
class Kokoro : public Synthesizer {
 public:
  /// Errors: kInvalid (settings, corrupt or wrong files), kNotFound (a file, or a configured voice), kUnavailable
  /// (espeak-ng's data).
  static Result<std::shared_ptr<const Kokoro>> load(const KokoroConfig& config = {});

  ~Kokoro() override;

  std::string_view name() const override { return "kokoro"; }
  bool supports(const Language& language) const override;
  std::string default_voice(const Language& language) const override;
  Result<std::unique_ptr<SpeechStream>> synthesize(const SynthesisRequest& request) const override;
  Result<void> warm_up() const override;

 private:
  struct Parts;  ///< Model, tokens, voices: what a stream needs, even after the engine is gone.

  Kokoro(KokoroConfig config, std::shared_ptr<const Parts> parts);

  const KokoroConfig config_;
  const std::shared_ptr<const Parts> parts_;
};

}  // namespace parley::synthesis
