// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/language.h"
#include "base/result.h"

namespace parley::synthesis {

/// What parley itself says to a listener.
enum class Notice {
  kUntranslated,  ///< The original voice is all there is.
  kRestored,      ///< The translation is back.
  kBusy,          ///< Too many calls: the original voice is all there is.
};

inline constexpr std::array kAllNotices = {Notice::kUntranslated, Notice::kRestored, Notice::kBusy};

/// The key of a notice in the file: "untranslated".
std::string_view to_string(Notice notice);

/// The notices in every language there is one for. Immutable: any thread.
class Notices {
 public:
  /// Reads a TOML file with one table a language and one key a notice: `[pt]` / `untranslated = "…"`.
  /// Errors: kNotFound, kInvalid (no TOML, a table that is no language, a text that is empty or none, English
  /// incomplete).
  static Result<Notices> load(const std::filesystem::path& file);

  /// The notice in the language, else in English. UTF-8.
  std::string_view text(const Language& language, Notice notice) const;

  /// The language that text() answers in: the one that was asked for, or English.
  Language language_of(const Language& language, Notice notice) const;

 private:
  using Texts = std::map<std::pair<Language, Notice>, std::string>;
  explicit Notices(Texts texts) : texts_(std::move(texts)) {}
  Texts texts_;
};

}  // namespace parley::synthesis
