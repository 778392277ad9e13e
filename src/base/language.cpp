// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/language.h"

#include <algorithm>
#include <cctype>

namespace parley {
namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; }
bool is_letter_or_digit(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

Result<Language> Language::parse(std::string_view text) {
  const bool starts_with_code = text.size() >= 2 && is_letter(text[0]) && is_letter(text[1]);
  const std::string_view region = starts_with_code ? text.substr(2) : std::string_view{};
  const bool region_fits =
      region.empty() || ((region[0] == '-' || region[0] == '_') && region.size() >= 3 && region.size() <= 9 &&
                         std::all_of(region.begin() + 1, region.end(), is_letter_or_digit));
  if (!starts_with_code || !region_fits) {
    return fail(ErrorCode::kInvalid, "\"{}\" is not a language: give a two-letter code such as en or pt",
                text.substr(0, 32));
  }
  std::string code(text.substr(0, 2));
  for (char& c : code) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return Language(std::move(code));
}

std::string to_string(const LanguagePair& pair) { return fmt::format("{}→{}", pair.from.code(), pair.to.code()); }

}  // namespace parley
