// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "translation/clause_boundary.h"
#include "translation/ending.h"
#include "translation/translator.h"

namespace parley::translation {

/// What a recogniser makes of an utterance so far. Words are what white space separates.
struct HeardText {
  std::string text;              ///< UTF-8, of the whole utterance.
  std::size_t agreed_words = 0;  ///< So many words at its beginning stay, but for their case and marks.
  bool complete = false;         ///< The speaker has paused: all of it may be spoken.
};

/// When to speak by attention, in agreed source words.
struct AlignAttLimits {
  std::size_t after = 0;   ///< So many must wait for being spoken.
  std::size_t margin = 0;  ///< The last of them that no spoken word may look at; fewer than `after`.
};

/// When a part of a translation may be spoken. Defaults as measured: docs/decisions/0007-incremental-translation.md.
struct CommitPolicy {
  bool clauses = true;  ///< False: the whole utterance at once; the other limits are then of no matter but the last.

  std::size_t least_clause_words = 4;  ///< Source words; a shorter clause waits for the next, unless it is a sentence.
  std::size_t words_behind_clause =
      1;                             ///< Agreed words that must stand behind a clause before it is spoken; at least 1.
  std::size_t least_said_words = 3;  ///< Target words; fewer are not spoken by themselves, unless they end a sentence.

  /// Speaks before a clause's end the words for which the model looks at none of the last words heard (AlignAtt, Papi
  /// et al. 2023). The first phrase of an utterance may come sooner than the others.
  bool align_att = true;
  AlignAttLimits align_att_first = {.after = 5, .margin = 2};
  AlignAttLimits align_att_later = {.after = 8, .margin = 4};

  std::size_t masked_words = 3;  ///< So many words at a caption's end are hidden while the speaker goes on.
};

/// Errors: kInvalid, saying which value may be what.
Result<void> validate(const CommitPolicy& policy);

/// One utterance on its way into another language while it is being spoken: what may be said at once, and what a
/// caption shows. What was said stays and is forced upon every later translation, even when the recogniser rewrites
/// what it was said for; sentences that are done are not translated again, so that an update costs what its last
/// sentences cost. One thread at a time; the translator must outlive it.
class IncrementalTranslation {
 public:
  IncrementalTranslation(const Translator& translator, LanguagePair pair, CommitPolicy policy = {});

  struct Step {
    std::string say;      ///< Target words to be spoken now; empty: wait for more.
    std::string caption;  ///< All that was said and what probably follows; its last words hidden unless complete.
    std::size_t source_words = 0;  ///< How many words of HeardText::text are covered once `say` is said.
    Ending ending = Ending::kUnclear;

    // For accept():
    std::size_t said_before = 0;     ///< Length of said() when this was considered.
    std::size_t sentence_begin = 0;  ///< The first source word of the sentence that is not done …
    std::string said_of_sentence;    ///< … and what its translation is to begin with.
    std::string heard;               ///< The text this is about.
  };

  /// Changes nothing that can be seen: a speculation may be thrown away. Errors: the translator's.
  Result<Step> consider(const HeardText& heard) const;

  /// The step's `say` will be spoken. Throws std::logic_error when other words were accepted since the step was
  /// considered: some would be said twice.
  void accept(const Step& step);

  /// From now on this engine is asked, in place of one that has failed. It outlives this.
  void use(const Translator& translator) { translator_ = &translator; }

  /// All that was accepted, joined by spaces; it only grows.
  const std::string& said() const { return said_; }

 private:
  /// A sentence, or what is known of it: words [begin, end) of the heard text, and its translation, which begins with
  /// `said`.
  struct Sentence {
    std::size_t begin = 0;
    std::size_t end = 0;
    std::string said;
    Translation translation;
  };
  struct Remembered {
    std::string source;
    std::string said;
    Translation translation;
  };

  Result<Sentence> translate(const WrittenWords& words, std::size_t begin, std::size_t covered, std::string said,
                             std::vector<Remembered>& now) const;
  void say_sentence(const Sentence& sentence, Step& step) const;
  void say_clauses(const WrittenWords& words, std::size_t agreed, const Sentence& sentence, std::size_t settled,
                   Step& step) const;
  Result<std::size_t> settled_words(const WrittenWords& words, const Sentence& sentence,
                                    std::vector<Remembered>& now) const;
  Result<Translation> translate_source(std::string source, const std::string& said, std::vector<Remembered>& now) const;
  std::size_t last_boundary(const WrittenWords& words, std::size_t agreed, std::size_t covered, std::size_t end) const;
  std::string hide_last_words(const std::string& caption, const Step& step) const;

  const Translator* translator_;
  LanguagePair pair_;
  CommitPolicy policy_;
  std::string said_;
  std::string heard_;  ///< The text that the places below are in.
  std::size_t source_words_ = 0;
  std::size_t sentence_begin_ = 0;
  std::string said_of_sentence_;
  mutable std::vector<Remembered>
      remembered_;  ///< The translations of the last call: the same are often asked for again.
};

}  // namespace parley::translation
