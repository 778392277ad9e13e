// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/language.h"
#include "base/paths.h"
#include "base/result.h"
#include "translation/direction.h"
#include "translation/language_rules.h"
#include "translation/marian_model.h"
#include "translation/translator.h"

namespace parley::translation {

struct MarianTranslatorConfig {
  std::filesystem::path models =
      default_model_directory();                          ///< Holds marian-<from>-<to>/{model.bin, lex.bin, vocab.spm}.
  std::filesystem::path data = default_data_directory();  ///< Holds phrases/ and text/.
  std::vector<LanguagePair> pairs;                        ///< Which to load; empty: every one that is there.
  std::size_t most_words = 50;  ///< A longer sentence is divided; above some 60 the models lose text.
  MarianOptions model;
};

/// Errors: kInvalid, saying which value may be what.
Result<void> validate(const MarianTranslatorConfig& config);

/// The translator of our own engine. Text goes in as a recogniser wrote it: it is divided into sentences, formulas of
/// the telephone are looked up, numbers, case and marks are put right, and numbers that the model changed are put back.
class MarianTranslator final : public Translator {
 public:
  /// Errors: kNotFound when a configured pair or every pair is missing, kInvalid, kUnsupported; from the files.
  static Result<std::unique_ptr<MarianTranslator>> load(const MarianTranslatorConfig& config = {});

  std::string_view name() const override { return "marian"; }
  bool supports(const LanguagePair& pair) const override { return find(pair) != nullptr; }
  std::vector<LanguagePair> pairs() const;

  /// Numbers come back in digits, in groups where they are to be read digit by digit ("447-219").
  Result<Translation> translate(const TranslationRequest& request) const override;

  const LanguageRules& rules(const Language& language) const override;
  Result<void> warm_up() const override;

 private:
  MarianTranslator() = default;
  const Direction* find(const LanguagePair& pair) const;

  std::vector<std::unique_ptr<Direction>> directions_;
};

}  // namespace parley::translation
