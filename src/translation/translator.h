// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "translation/language_rules.h"
#include "translation/word_alignment.h"

namespace parley::translation {

struct TranslationRequest {
  std::string source;  ///< UTF-8, as the recogniser wrote it; one or more sentences.
  LanguagePair pair;
  std::string committed_prefix;  ///< Target words already spoken that the translation must begin with; usually empty.
};

struct Translation {
  std::string text;  ///< UTF-8; empty when the source had no words.
  std::string
      prepared_source;      ///< What the engine was given after normalisation (case, punctuation, digits), for logs.
  double score = 0.0;       ///< Mean log-probability of the target tokens, ≤ 0.
  bool digits_kept = true;  ///< Every digit of the source is in the translation.
  /// The words of `text` with the words of the request's source (what white space separates) they were translated from.
  /// Where a word may stand for several, the furthest; nothing where it is not known. An engine that cannot tell leaves
  /// the list empty.
  std::vector<AlignedWord> words;
};

/// A translation engine with its models loaded: immutable, shared, any thread.
class Translator {
 public:
  virtual ~Translator() = default;

  virtual std::string_view name() const = 0;
  virtual bool supports(const LanguagePair& pair) const = 0;

  /// Errors: kUnsupported for a pair it does not have, kInternal when the engine fails.
  virtual Result<Translation> translate(const TranslationRequest& request) const = 0;

  /// How a language of its pairs is written; empty rules for one it does not know.
  virtual const LanguageRules& rules(const Language& language) const;

  /// False while it is being started (again): a request would fail or wait.
  virtual bool ready() const { return true; }

  /// Runs every model once, so that the first call does not pay for it.
  virtual Result<void> warm_up() const = 0;
};

}  // namespace parley::translation
