// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "audio/vad.h"
#include "recognition/recognizer.h"
#include "synthesis/spoken_notices.h"
#include "synthesis/synthesizer.h"
#include "translation/translator.h"

namespace parley::call {

/// Engines that can do the same work, in the order in which they are tried.
template <typename Engine>
using Chain = std::vector<std::shared_ptr<const Engine>>;

/// The engines of the process, shared by every call, immutable while calls run.
struct Engines {
  std::shared_ptr<const audio::VadModel> vad;

  std::map<Language, Chain<recognition::Recognizer>> recognizers;
  Chain<translation::Translator> translators;
  Chain<synthesis::Synthesizer> synthesizers;

  /// What parley itself says to a listener, as sound that is there also when every engine has died. Any thread; may be
  /// empty.
  std::function<synthesis::SpokenNotices::Sound(const Language&, synthesis::Notice)> notice;

  /// Empty where nobody hears the language.
  const Chain<recognition::Recognizer>& recognizers_for(const Language& language) const {
    static const Chain<recognition::Recognizer> kNone;
    const auto found = recognizers.find(language);
    return found == recognizers.end() ? kNone : found->second;
  }

  /// True when every stage has an engine for its part, be it there now or not.
  bool support(const LanguagePair& pair) const {
    return !recognizers_for(pair.from).empty() && any(translators, pair) && any(synthesizers, pair.to);
  }

  /// True when every stage has an engine that works.
  bool ready(const LanguagePair& pair) const {
    const auto ready = [](const auto& engine) { return engine->ready(); };
    return std::ranges::any_of(recognizers_for(pair.from), ready) && std::ranges::any_of(translators, ready) &&
           std::ranges::any_of(synthesizers, ready);
  }

 private:
  static bool any(const auto& chain, const auto& what) {
    return std::ranges::any_of(chain, [&](const auto& engine) { return engine->supports(what); });
  }
};

}  // namespace parley::call
