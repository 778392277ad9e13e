// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "audio/vad.h"
#include "recognition/recognizer.h"
#include "synthesis/synthesizer.h"
#include "translation/translator.h"

namespace parley::call {

/// The engines of the process, loaded once, shared by every call, immutable while calls run.
struct Engines {
  std::shared_ptr<const audio::VadModel> vad;

  std::map<Language, std::shared_ptr<const recognition::Recognizer>> recognizers;
  std::shared_ptr<const translation::Translator> translator;
  std::shared_ptr<const synthesis::Synthesizer> synthesizer;

  /// "You hear the original voice", spoken once per language when the process starts, so that it can be said when an
  /// engine has died. s16, 16 kHz, mono.
  std::map<Language, std::vector<std::int16_t>> untranslated_notice;

  const recognition::Recognizer* recognizer_for(const Language& language) const {
    const auto found = recognizers.find(language);
    return found == recognizers.end() ? nullptr : found->second.get();
  }

  /// True when every stage of the chain can do its part.
  bool support(const LanguagePair& pair) const {
    return recognizer_for(pair.from) != nullptr && translator && translator->supports(pair) && synthesizer &&
           synthesizer->supports(pair.to);
  }
};

}  // namespace parley::call
