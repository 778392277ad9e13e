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

using Tokens = std::vector<std::int64_t>;

/// A phrase as Kokoro takes it.
struct KokoroPhrase {
  std::shared_ptr<const voice::StylePack> voice;
  std::vector<Tokens> runs;  ///< Each short enough for one run of the model, none empty.
  Tokens before;             ///< What the first run follows, with the space between; not to be heard.
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

  /// The tokens of phonemes; unknown symbols are skipped.
  Tokens tokens(std::string_view phonemes) const;

 private:
  KokoroText(TokenTable table, voice::VoiceLibrary voices, DefaultVoices defaults)
      : table_(std::move(table)), voices_(std::move(voices)), defaults_(std::move(defaults)) {}

  TokenTable table_;
  voice::VoiceLibrary voices_;
  DefaultVoices defaults_;
};

}  // namespace parley::synthesis
