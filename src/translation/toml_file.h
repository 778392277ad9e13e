// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace parley::translation {

/// Reads the two shapes that our data files are made of, and refuses everything else with file and line.
class TomlFile {
 public:
  using See = std::function<Result<void>(std::string_view key, std::string_view value, const std::string& place)>;

  /// Errors: kNotFound, kInvalid.
  static Result<TomlFile> open(const std::filesystem::path& path);

  /// `name = ["a", "b"]` at the top: calls see("", value, place) for each. Nothing when the list is not there.
  Result<void> list(std::string_view name, const See& see) const;

  /// `[name]` with `"key" = "value"` lines: calls see(key, value, place) for each.
  Result<void> table(std::string_view name, const See& see) const;

  /// Errors: kInvalid when there is something at the top that is not in `names`; a misspelt table must not go
  /// unnoticed.
  Result<void> only(std::initializer_list<std::string_view> names) const;

  TomlFile(TomlFile&&) noexcept;
  ~TomlFile();

 private:
  struct Parsed;
  explicit TomlFile(std::unique_ptr<Parsed> parsed);
  std::unique_ptr<Parsed> parsed_;
};

}  // namespace parley::translation
