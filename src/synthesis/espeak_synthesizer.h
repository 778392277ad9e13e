// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// espeak-ng's own voice: a robot's, but it needs no model, 2 MB of memory and some milliseconds for a phrase, and
/// hardly fails. What is spoken with while a better engine is not there. The languages of Kokoro (en, pt, es, fr, it,
/// hi), as loud as it. Streams of one process wait for each other, phrase by phrase.
///
/// Voices: a woman's ("en-us+f3") and a man's ("en-us") of each accent. A Kokoro voice's name stands for the one of the
/// same accent and sex, so that a request made for Kokoro can be spoken as it is.
class EspeakSynthesizer final : public Synthesizer {
 public:
  /// Errors: kUnavailable (espeak-ng's data is not installed), kUnsupported (it lacks one of the languages).
  static Result<std::shared_ptr<const EspeakSynthesizer>> load();

  std::string_view name() const override { return "espeak"; }
  bool supports(const Language& language) const override;

  /// A woman's, as Kokoro's default voices are.
  std::string default_voice(const Language& language) const override;

  /// An empty voice is the default one. What was said before counts for nothing.
  Result<std::unique_ptr<SpeechStream>> synthesize(const SynthesisRequest& request) const override;

  Result<void> warm_up() const override;

 private:
  EspeakSynthesizer() = default;
};

}  // namespace parley::synthesis
