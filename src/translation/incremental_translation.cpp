// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/incremental_translation.h"

#include <utility>

#include "translation/text.h"

namespace parley::translation {

IncrementalTranslation::IncrementalTranslation(const Translator& translator, LanguagePair pair, CommitPolicy policy)
    : translator_(&translator), pair_(std::move(pair)), policy_(policy) {}

Result<IncrementalTranslation::Step> IncrementalTranslation::consider(const HeardText& heard) const {
  auto translation = translator_->translate({heard.text, pair_, said_});
  if (!translation) return std::unexpected(translation.error());
  Step step{.say = {}, .caption = translation->text, .source_words = source_words_};
  if (!heard.complete) return step;
  step.say = trimmed(translation->text.substr(std::min(said_.size(), translation->text.size())));
  for (std::size_t at = 0; at < heard.text.size(); ++at) {
    if (at == 0) step.source_words = 0;
    const bool begins = heard.text[at] != ' ' && (at == 0 || heard.text[at - 1] == ' ');
    if (begins) ++step.source_words;
  }
  return step;
}

void IncrementalTranslation::accept(const Step& step) {
  said_ += (said_.empty() || step.say.empty() ? "" : " ") + step.say;
  source_words_ = step.source_words;
}

}  // namespace parley::translation
