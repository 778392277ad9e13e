// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "synthesis/kokoro_text.h"
#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// What the Kokoro engines are made of.
struct KokoroConfig {
  /// Holds front.onnx, generator.bin (kokoro.onnx for the whole graph), tokens.json, voices/*.bin; empty: kokoro under
  /// default_model_directory().
  std::filesystem::path directory;
  /// Inside one phrase, 1…64. One leaves the other cores to recognition; two give the first sound sooner where a core
  /// is idle.
  int threads = 1;
  DefaultVoices voices = {
      {"en", "af_heart"}, {"pt", "pf_dora"}, {"es", "ef_dora"},
      {"fr", "ff_siwis"}, {"it", "if_sara"}, {"hi", "hf_alpha"},
  };  ///< An entry that is not here keeps none.
  /// Where the statistics of voices are kept; empty: voice-statistics under cache_directory().
  std::filesystem::path statistics;
  /// Whether a voice that has none is measured, in the background, seconds after it is first used. Until then, and
  /// always without, each phrase is measured for itself, and heard 0.2 to 0.6 s later.
  bool measure_voices = true;

  /// Errors: kInvalid, naming the setting.
  Result<void> validate() const;

  /// "kokoro: directory=… threads=1 voices={en: af_heart, …}", for the log.
  std::string to_string() const;
};

/// Kokoro-82M with espeak-ng's phonemes: English, Portuguese, Spanish, French, Italian and Hindi in 54 voices, of which
/// each speaks every language. Its front half runs in ONNX Runtime once a phrase, its waveform generator in our own
/// room (vocoder) in windows, so that a stream gives its first 0.2 s at once and the rest while that plays.
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

  /// Also has the configured voices measured, in the background, where they were not.
  Result<void> warm_up() const override;

  /// Has the voice's statistics measured now, in this thread (about 5 s), unless they are known. Errors: as
  /// synthesize().
  Result<void> measure_voice(const std::string& voice, const Language& language) const;

 private:
  struct Parts;  ///< Text, models, statistics: what a stream needs, even after the engine is gone.

  Kokoro(KokoroConfig config, std::shared_ptr<const Parts> parts);

  const KokoroConfig config_;
  const std::shared_ptr<const Parts> parts_;
};

}  // namespace parley::synthesis
