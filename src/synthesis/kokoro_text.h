// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "synthesis/synthesizer.h"
#include "synthesis/tokens.h"
#include "voice/voice_library.h"

namespace parley::synthesis {

/// Language code → the voice where nobody chose one.
using DefaultVoices = std::map<std::string, std::string>;

/// Tokens for one run of the model.
struct KokoroRun {
  std::vector<std::int64_t> tokens;
  std::size_t closing_marks = 0;  ///< How many of the last tokens are clause marks: they sound as silence.
};

/// A phrase as Kokoro takes it.
struct KokoroPhrase {
  std::shared_ptr<const voice::StylePack> voice;
  std::vector<KokoroRun> runs;  ///< Each short enough for one run of the model, none empty.
  float speed = 1.0F;
};

/// Everything between a request and the Kokoro models: phonemes, tokens, voices. Immutable: any thread.
class KokoroText {
 public:
  /// `directory` holds tokens.json and voices/*.bin. Errors: kInvalid (a corrupt file), kNotFound (a file, or one of
  /// the voices), kUnavailable (espeak-ng's data).
  static Result<KokoroText> load(const std::filesystem::path& directory, const DefaultVoices& voices);

  bool supports(const Language& language) const;

  /// Empty for a language without one.
  std::string default_voice(const Language& language) const;

  /// Errors: as Synthesizer::synthesize().
  Result<KokoroPhrase> prepare(const SynthesisRequest& request) const;

  /// A voice by its name. Errors: kNotFound, kInvalid.
  Result<std::shared_ptr<const voice::StylePack>> voice(std::string_view name) const { return voices_.find(name); }

  /// Phonemes as a run, for warming up.
  KokoroRun run(std::string_view phonemes) const;

 private:
  KokoroText(TokenTable tokens, voice::VoiceLibrary voices, DefaultVoices defaults);

  TokenTable tokens_;
  std::vector<std::int64_t> marks_;
  voice::VoiceLibrary voices_;
  DefaultVoices defaults_;
};

}  // namespace parley::synthesis
