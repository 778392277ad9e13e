// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/language.h"
#include "base/result.h"

namespace parley::translation {

/// How one language is written, as far as preparing a recogniser's text needs it: data/text/<language>.toml. Immutable:
/// any thread.
struct LanguageRules {
  /// A language without a file of its own is written with capitals at the beginning and full stops at the end, nothing
  /// more. Errors: kInvalid for a malformed file, with its line.
  static Result<LanguageRules> load(const std::filesystem::path& data_directory, const Language& language);

  Language language;
  std::map<std::string, std::string, std::less<>>
      capitalised;                                   ///< Folded word → how it is always written ("i'm" → "I'm").
  std::set<std::string, std::less<>> abbreviations;  ///< Folded, without their last point: no sentence ends with it.
  std::vector<std::vector<std::string>> question_starts;  ///< Folded words a question begins with.
  std::vector<std::vector<std::string>> question_ends;
  std::vector<std::vector<std::string>>
      question_anywhere;  ///< Words that make a question wherever they stand ("could you").
  std::vector<std::vector<std::string>> also_statements;  ///< Words of questions that make statements just as well.
  std::set<std::string, std::less<>> openers;  ///< Words that may stand before a question's beginning ("so", "and").
  std::set<std::string, std::less<>>
      clause_words;  ///< Words before which a long sentence may be divided ("and", "because").
  std::set<std::string, std::less<>> open_ends;  ///< Words nobody ends with: articles, prepositions, conjunctions.
  std::set<std::string, std::less<>> open_unless_asked;  ///< Words that only questions end with ("from", "is").
  std::set<std::string, std::less<>> open_within;        ///< Words a phrase should not end with, though a speaker may.
  std::set<std::string, std::less<>> hesitations;        ///< "um".
  std::set<std::string, std::less<>> verbs;              ///< Common finite verbs and what contracts with them.
  std::set<std::string, std::less<>>
      subordinates;                               ///< Words with which a clause begins that another must follow ("if").
  std::vector<std::vector<std::string>> answers;  ///< What may be all that somebody says: "yes", "thank you".
};

}  // namespace parley::translation
