// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/phrase_table.h"

#include <algorithm>
#include <functional>
#include <iterator>

#include "translation/sentences.h"
#include "translation/text.h"
#include "translation/toml_file.h"

namespace parley::translation {
namespace {

constexpr std::string_view kNameSlot = "{name}";
constexpr std::string_view kName = "name}";  // no word: words hold letters and digits only

/// The folded words of a rewrite's key, kName where it has a slot.
std::vector<std::string> pattern_of(std::string_view key) {
  std::vector<std::string> pattern;
  for (std::size_t at = key.find(kNameSlot); at != std::string_view::npos; at = key.find(kNameSlot)) {
    std::ranges::move(folded_words(key.substr(0, at)), std::back_inserter(pattern));
    pattern.emplace_back(kName);
    key.remove_prefix(at + kNameSlot.size());
  }
  std::ranges::move(folded_words(key), std::back_inserter(pattern));
  return pattern;
}

/// Whether the pattern's words stand at `at`, with nothing but spaces and hyphens between them.
bool stands_at(const std::vector<std::string>& pattern, const Words& words, const std::vector<std::string>& folded,
               std::size_t at) {
  if (at + pattern.size() > words.list.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const Word& word = words.list[at + i];
    if (i > 0 && word.before != " " && word.before != "-") return false;
    if (pattern[i] == kName ? !has_capital(word.text) : folded[at + i] != pattern[i]) return false;
  }
  return true;
}

std::string key_of(std::string_view key) { return fold(key) + (key.ends_with('?') ? "?" : ""); }

}  // namespace

Result<PhraseTable> PhraseTable::load(const std::filesystem::path& data_directory, const LanguagePair& pair) {
  PhraseTable table;
  const auto path = data_directory / "phrases" / fmt::format("{}-{}.toml", pair.from.code(), pair.to.code());
  if (!std::filesystem::exists(path)) return table;
  const auto file = TomlFile::open(path);
  if (!file) return std::unexpected(file.error());

  const auto insert_into = [](std::map<std::string, std::string, std::less<>>& map) {
    return [&map](std::string_view key, std::string_view value, const std::string& place) -> Result<void> {
      const std::string folded = key_of(key);
      if (!has_words(folded) || !has_words(value))
        return fail(ErrorCode::kInvalid, "{}: \"{}\" or its translation has no words", place, key);
      if (!map.emplace(folded, value).second)
        return fail(ErrorCode::kInvalid, "{}: \"{}\" is there already", place, key);
      return {};
    };
  };
  const auto insert_rewrite = [&](std::string_view key, std::string_view value,
                                  const std::string& place) -> Result<void> {
    Rewrite rewrite{pattern_of(key), std::string(value)};
    if (rewrite.pattern.empty() || !has_words(value))
      return fail(ErrorCode::kInvalid, "{}: \"{}\" or its rewrite has no words", place, key);
    const bool uses_name = rewrite.text.find(kNameSlot) != std::string::npos;
    if (uses_name != (std::ranges::count(rewrite.pattern, kName) == 1)) {
      return fail(ErrorCode::kInvalid, "{}: {{name}} must stand once on both sides of \"{}\"", place, key);
    }
    if (std::ranges::find(table.rewrites_, rewrite.pattern, &Rewrite::pattern) != table.rewrites_.end()) {
      return fail(ErrorCode::kInvalid, "{}: \"{}\" is there already", place, key);
    }
    table.rewrites_.push_back(std::move(rewrite));
    return {};
  };
  const auto insert_addition = [&](std::string_view, std::string_view value, const std::string& place) -> Result<void> {
    if (trimmed(value).empty()) return fail(ErrorCode::kInvalid, "{}: nothing to remove", place);
    table.additions_.emplace_back(trimmed(value));
    return {};
  };

  Result<void> ok = file->only({"remove", "phrases", "affixes", "rewrites"});
  if (ok) ok = file->list("remove", insert_addition);
  if (ok) ok = file->table("phrases", insert_into(table.phrases_));
  if (ok) ok = file->table("affixes", insert_into(table.affixes_));
  if (ok) ok = file->table("rewrites", insert_rewrite);
  if (!ok) return std::unexpected(ok.error());
  std::ranges::stable_sort(table.rewrites_, std::greater<>{},
                           [](const Rewrite& rewrite) { return rewrite.pattern.size(); });
  return table;
}

std::optional<std::string> PhraseTable::find_phrase(const std::string& folded, bool question) const {
  if (question) {
    if (const auto found = phrases_.find(folded + "?"); found != phrases_.end()) return found->second;
  }
  const auto found = phrases_.find(folded);
  return found != phrases_.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<std::string> PhraseTable::find(std::string_view clause, bool question) const {
  const std::string folded = fold(clause);
  if (auto phrase = find_phrase(folded, question)) return phrase;
  for (const auto& [affix, target] : affixes_) {
    if (folded.starts_with(affix + " ")) {
      if (const auto phrase = find_phrase(folded.substr(affix.size() + 1), question)) return target + ", " + *phrase;
    }
    if (folded.ends_with(" " + affix)) {
      const auto phrase = find_phrase(folded.substr(0, folded.size() - affix.size() - 1), question);
      const bool has_it = phrase && phrase->find(target) != std::string::npos;
      if (phrase)
        return has_it ? *phrase : fmt::format("{}, {}{}", without_final_mark(*phrase), target, final_mark(*phrase));
    }
  }
  return std::nullopt;
}

std::string PhraseTable::rewrite(std::string_view sentence) const {
  const Words words = split_words(sentence);
  const auto folded = folded_words(sentence);
  Words result;
  for (std::size_t i = 0; i < words.list.size();) {
    const auto rewrite =
        std::ranges::find_if(rewrites_, [&](const Rewrite& each) { return stands_at(each.pattern, words, folded, i); });
    if (rewrite == rewrites_.end()) {
      result.list.push_back(words.list[i++]);
      continue;
    }
    std::string text = has_capital(words.list[i].text) ? with_capital(rewrite->text) : rewrite->text;
    const auto name = std::ranges::find(rewrite->pattern, kName) - rewrite->pattern.begin();
    if (const auto slot = text.find(kNameSlot); slot != std::string::npos) {
      text.replace(slot, kNameSlot.size(), words.list[i + static_cast<std::size_t>(name)].text);
    }
    result.list.push_back({words.list[i].before, std::move(text)});
    i += rewrite->pattern.size();
  }
  result.after = words.after;
  return join(result);
}

std::string PhraseTable::without_additions(std::string translation) const {
  for (const std::string& addition : additions_) {
    for (auto at = translation.find(addition); at != std::string::npos; at = translation.find(addition)) {
      const std::size_t from = at > 0 && translation[at - 1] == ' ' ? at - 1 : at;
      translation.erase(from, at + addition.size() - from);
    }
  }
  return translation;
}

}  // namespace parley::translation
