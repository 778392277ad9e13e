// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/language.h"
#include "base/result.h"
#include "translation/translator.h"

namespace parley::translation {

/// What a recogniser makes of an utterance so far. Words are what white space separates.
struct HeardText {
  std::string text;              ///< UTF-8, of the whole utterance.
  std::size_t agreed_words = 0;  ///< So many words at its beginning stay, but for their case and marks.
  bool complete = false;         ///< The speaker has paused: all of it may be spoken.
};

/// Whether a text sounds finished: decides how long the endpoint waits.
enum class Ending : std::uint8_t { kComplete, kUnclear, kOpen };

/// When a part of a translation may be spoken.
struct CommitPolicy {
  bool clauses = true;  ///< False: the whole utterance at once.
};

/// One utterance on its way from one language to another while it is being spoken. One thread at a time; the translator
/// must outlive it.
class IncrementalTranslation {
 public:
  IncrementalTranslation(const Translator& translator, LanguagePair pair, CommitPolicy policy);

  struct Step {
    std::string say;               ///< Target words to be spoken now; empty: wait for more.
    std::string caption;           ///< All that was said and what probably follows; its last words masked unless complete.
    std::size_t source_words = 0;  ///< How many words of HeardText::text are covered once `say` is said.
    Ending ending = Ending::kUnclear;
  };

  /// Changes nothing: a speculation may be thrown away. Errors: the translator's.
  Result<Step> consider(const HeardText& heard) const;

  /// The step's `say` will be spoken.
  void accept(const Step& step);

  /// All that was accepted; grows only.
  const std::string& said() const { return said_; }

 private:
  const Translator* translator_;
  LanguagePair pair_;
  CommitPolicy policy_;
  std::string said_;
  std::size_t source_words_ = 0;
};

}  // namespace parley::translation
