// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/language_rules.h"

#include "translation/text.h"
#include "translation/toml_file.h"

namespace parley::translation {

Result<LanguageRules> LanguageRules::load(const std::filesystem::path& data_directory, const Language& language) {
  LanguageRules rules;
  rules.language = language;
  const auto path = data_directory / "text" / fmt::format("{}.toml", language.code());
  if (!std::filesystem::exists(path)) return rules;
  const auto file = TomlFile::open(path);
  if (!file) return std::unexpected(file.error());

  const auto words_into = [](std::set<std::string, std::less<>>& set) {
    return [&set](std::string_view, std::string_view value, const std::string&) -> Result<void> {
      set.insert(fold(value));
      return {};
    };
  };
  const auto phrases_into = [](std::vector<std::vector<std::string>>& list) {
    return [&list](std::string_view, std::string_view value, const std::string& place) -> Result<void> {
      list.push_back(folded_words(value));
      if (list.back().empty()) return fail(ErrorCode::kInvalid, "{}: \"{}\" has no words", place, value);
      return {};
    };
  };
  const auto capitalised = [&](std::string_view, std::string_view value, const std::string& place) -> Result<void> {
    const auto words = split_words(value);
    if (words.list.size() != 1) return fail(ErrorCode::kInvalid, "{}: \"{}\" is not one word", place, value);
    rules.capitalised[lower_case(words.list.front().text)] = words.list.front().text;
    return {};
  };

  Result<void> ok = file->only({"capitalised", "abbreviations", "question_starts", "question_ends", "question_anywhere",
                                "also_statements", "openers", "clause_words", "open_ends", "open_unless_asked",
                                "open_within", "hesitations", "verbs", "subordinates", "answers"});
  if (ok) ok = file->list("capitalised", capitalised);
  if (ok) ok = file->list("abbreviations", words_into(rules.abbreviations));
  if (ok) ok = file->list("question_starts", phrases_into(rules.question_starts));
  if (ok) ok = file->list("question_ends", phrases_into(rules.question_ends));
  if (ok) ok = file->list("question_anywhere", phrases_into(rules.question_anywhere));
  if (ok) ok = file->list("also_statements", phrases_into(rules.also_statements));
  if (ok) ok = file->list("openers", words_into(rules.openers));
  if (ok) ok = file->list("clause_words", words_into(rules.clause_words));
  if (ok) ok = file->list("open_ends", words_into(rules.open_ends));
  if (ok) ok = file->list("open_unless_asked", words_into(rules.open_unless_asked));
  if (ok) ok = file->list("open_within", words_into(rules.open_within));
  if (ok) ok = file->list("hesitations", words_into(rules.hesitations));
  if (ok) ok = file->list("verbs", words_into(rules.verbs));
  if (ok) ok = file->list("subordinates", words_into(rules.subordinates));
  if (ok) ok = file->list("answers", phrases_into(rules.answers));
  if (!ok) return std::unexpected(ok.error());
  return rules;
}

}  // namespace parley::translation
