// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "translation/language_rules.h"
#include "translation/marian_model.h"
#include "translation/phrase_table.h"
#include "translation/vocabulary.h"
#include "translation/word_alignment.h"

namespace parley::translation {

/// What became of one sentence.
struct TranslatedSentence {
  std::string text;
  std::string prepared;          ///< What the phrase table or the model was given.
  double log_probability = 0.0;  ///< Sum over `tokens`.
  std::size_t tokens = 0;        ///< Target tokens the model chose; none for phrases.
  bool digits_kept = true;
  /// The words as they were first chosen, with their places in `prepared`; translate() brings them to `text` and to the
  /// sentence it was given.
  std::vector<AlignedWord> words;
};

/// One language pair: a model, its vocabularies, the phrases and the rules of both languages. Immutable: any thread;
/// memory for a translation comes from a pool.
class Direction {
 public:
  /// Loads <models>/marian-<from>-<to> and the data files. `most_words`: longer sentences are divided.
  /// Errors: kNotFound, kInvalid, kUnsupported.
  static Result<std::unique_ptr<Direction>> load(const LanguagePair& pair, const std::filesystem::path& models,
                                                 const std::filesystem::path& data, const MarianOptions& options,
                                                 std::size_t most_words);

  const LanguagePair& pair() const { return pair_; }
  const LanguageRules& source_rules() const { return source_rules_; }
  const LanguageRules& target_rules() const { return target_rules_; }

  /// One sentence of clean text; the translation begins with `committed`, which may be empty. Its words are aligned
  /// with what spaces separate in the sentence.
  Result<TranslatedSentence> translate(std::string_view sentence, std::string_view committed) const;

 private:
  /// A stretch of a sentence that is translated by itself.
  struct Part {
    std::string source;
    std::optional<std::string> phrase;  ///< From the table; else the model translates.
    std::string separator;              ///< What joins it to the part before: ", " or " ".
    bool asks = false;
  };

  Direction(const LanguagePair& pair, MarianModel model, Vocabulary source, std::optional<Vocabulary> target)
      : pair_(pair),
        model_(std::move(model)),
        source_vocabulary_(std::move(source)),
        target_vocabulary_(std::move(target)) {}

  std::vector<Part> parts_of(std::string_view sentence, std::string_view mark) const;
  Result<TranslatedSentence> translate_part(const Part& part, std::string_view mark, std::string_view committed) const;
  Result<TranslatedSentence> translate_keeping_digits(const std::string& prepared, std::string_view committed) const;
  Result<TranslatedSentence> run_model(const std::string& prepared, std::string_view committed) const;

  std::unique_ptr<MarianWorkspace> take_workspace() const;
  void give_back(std::unique_ptr<MarianWorkspace> workspace) const;

  LanguagePair pair_;
  MarianModel model_;
  Vocabulary source_vocabulary_;
  std::optional<Vocabulary> target_vocabulary_;  ///< Empty when the source's serves both.
  PhraseTable phrases_;
  LanguageRules source_rules_;
  LanguageRules target_rules_;
  std::size_t most_words_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<MarianWorkspace>> workspaces_;
};

}  // namespace parley::translation
