// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace parley {

/// A language by its ISO 639-1 code ("en", "pt"). Compared by code; a region ("pt-BR") is accepted when parsed and
/// dropped.
class Language {
 public:
  Language() = default;

  /// "en", "PT", "pt-BR", "pt_BR". Errors: kInvalid for anything else than two letters with an optional region.
  static Result<Language> parse(std::string_view text);

  std::string_view code() const { return code_; }
  bool empty() const { return code_.empty(); }
  auto operator<=>(const Language&) const = default;

 private:
  explicit Language(std::string code) : code_(std::move(code)) {}
  std::string code_;
};

/// What one direction of a call translates.
struct LanguagePair {
  Language from;
  Language to;
  auto operator<=>(const LanguagePair&) const = default;
};

/// "en→pt", for logs and captions.
std::string to_string(const LanguagePair& pair);

}  // namespace parley
