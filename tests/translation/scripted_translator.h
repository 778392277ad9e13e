// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/paths.h"
#include "translation/sentences.h"
#include "translation/text.h"
#include "translation/translator.h"

namespace parley::translation::testing {

/// Translates word by word, in the source's order, and counts what it was asked. `word` is given the source's words and
/// which of them to translate.
class ScriptedTranslator final : public Translator {
 public:
  using WordFor = std::function<std::string(const std::vector<std::string_view>&, std::size_t)>;

  explicit ScriptedTranslator(WordFor word) : word_(std::move(word)) {
    const auto loaded = LanguageRules::load(default_data_directory(), *Language::parse("en"));
    if (loaded) rules_ = *loaded;
  }

  /// "word" becomes "xword", with its marks.
  static ScriptedTranslator by_words() {
    return ScriptedTranslator(
        [](const std::vector<std::string_view>& words, std::size_t at) { return "x" + std::string(words[at]); });
  }

  std::string_view name() const override { return "scripted"; }
  bool supports(const LanguagePair&) const override { return true; }
  const LanguageRules& rules(const Language&) const override { return rules_; }
  Result<void> warm_up() const override { return {}; }

  Result<Translation> translate(const TranslationRequest& request) const override {
    ++requests;
    source_words += spaced_words(request.source).size();
    if (request.source.find("broken") != std::string::npos) return fail(ErrorCode::kInternal, "the engine is broken");
    if (!has_words(request.source)) return Translation{};
    const auto words = spaced_words(request.source);
    Translation translation;
    translation.text = request.committed_prefix;
    const std::size_t said = spaced_words(request.committed_prefix).size();
    for (std::size_t i = said; i < words.size(); ++i) translation.text += (i > 0 ? " " : "") + word_(words, i);
    const auto texts = spaced_words(translation.text);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      translation.words.push_back({std::string(texts[i]), std::min(i, words.empty() ? 0 : words.size() - 1)});
    }
    if (final_mark(translation.text).empty() && said < words.size()) translation.text += '.';
    return translation;
  }

  mutable std::size_t requests = 0;
  mutable std::size_t source_words = 0;

 private:
  WordFor word_;
  LanguageRules rules_;
};

}  // namespace parley::translation::testing
