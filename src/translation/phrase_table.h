// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"

namespace parley::translation {

/// Telephone formulas that a model translates badly, and what people say instead: data/phrases/<from>-<to>.toml.
///
///   remove = ["(em inglês)"]                 # what the model adds out of nowhere
///   [phrases]                                # a whole clause, between commas or alone
///   "hold on" = "aguarde"                    # the question mark or full stop comes from the source …
///   "sorry?" = "como?"                       # … unless the key has a mark, then only such a clause is meant
///   [affixes]                                # may stand before or after a phrase
///   "please" = "por favor"
///   [rewrites]                               # inside a sentence, source language to source language, for the model to
///   understand "put you through to" = "transfer you to" "this is {name} from" = "my name is {name} from"      #
///   {name}: any word with a capital
///
/// Looked up without regard to case and punctuation. Immutable: any thread.
class PhraseTable {
 public:
  /// A pair without a file has no phrases. Errors: kInvalid for a malformed file, with its line.
  static Result<PhraseTable> load(const std::filesystem::path& data_directory, const LanguagePair& pair);

  /// The translation of a clause. `question`: it ends with a question mark.
  std::optional<std::string> find(std::string_view clause, bool question) const;

  /// The sentence with every rewrite done, the longest match first; capitals at its beginning are kept.
  std::string rewrite(std::string_view sentence) const;

  /// The translation without what the model made up.
  std::string without_additions(std::string translation) const;

  std::size_t size() const { return phrases_.size(); }

 private:
  struct Rewrite {
    std::vector<std::string> pattern;  ///< Folded words; kName for {name}.
    std::string text;
  };

  std::optional<std::string> find_phrase(const std::string& folded, bool question) const;

  std::map<std::string, std::string, std::less<>>
      phrases_;  ///< Folded key, with "?" at its end for questions only → target.
  std::map<std::string, std::string, std::less<>> affixes_;
  std::vector<Rewrite> rewrites_;  ///< The longest first.
  std::vector<std::string> additions_;
};

}  // namespace parley::translation
