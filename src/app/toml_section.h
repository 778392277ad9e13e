// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <concepts>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/clock.h"

namespace parley::app {

/// Reads one table of a TOML file into settings that already hold their defaults. Mistakes are collected, each with its
/// line, so that a user sees all of them at once; a key that nobody asked for is a mistake too.
class TomlSection {
 public:
  /// `table` may be null: every setting keeps its default. `mistakes` and `table` outlive the section.
  TomlSection(const toml::table* table, std::string name, std::vector<std::string>& mistakes);

  /// Reports the keys that were never read.
  ~TomlSection();

  TomlSection(const TomlSection&) = delete;
  TomlSection& operator=(const TomlSection&) = delete;

  void read(std::string_view key, bool& value) { read_as<bool>(key, value, "true or false"); }
  void read(std::string_view key, std::string& value) { read_as<std::string>(key, value, "text in quotes"); }
  void read(std::string_view key, std::vector<std::string>& value);
  void read(std::string_view key, std::map<std::string, std::string>& value);

  /// Whole milliseconds, 0 or more; the key ends in _ms.
  void read(std::string_view key, milliseconds& value);

  template <std::integral T>
  void read(std::string_view key, T& value, T min, T max) {
    read_number<std::int64_t>(key, value, min, max, "a whole number");
  }

  template <std::floating_point T>
  void read(std::string_view key, T& value, T min, T max) {
    read_number<double>(key, value, min, max, "a number");
  }

  /// A table inside this one.
  const toml::table* table(std::string_view key);

 private:
  const toml::node* find(std::string_view key);
  void mistake(const toml::node& node, std::string_view key, std::string_view wanted);

  template <typename Toml>
  void read_as(std::string_view key, Toml& value, std::string_view wanted) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    if (const auto found = node->value_exact<Toml>()) {
      value = *found;
    } else {
      mistake(*node, key, wanted);
    }
  }

  template <typename Toml, typename T>
  void read_number(std::string_view key, T& value, T min, T max, std::string_view kind) {
    const toml::node* node = find(key);
    if (node == nullptr) return;
    const auto found = node->value<Toml>();
    // A float's limits as the numbers that people write: 0.85F is more than 0.85.
    constexpr Toml kRounding = std::floating_point<T> ? static_cast<Toml>(1e-6) : Toml{0};
    if (found && *found >= static_cast<Toml>(min) - kRounding && *found <= static_cast<Toml>(max) + kRounding) {
      value = static_cast<T>(*found);
    } else {
      mistake(*node, key, fmt::format("{} from {} to {}", kind, min, max));
    }
  }

  const toml::table* table_;
  std::string name_;
  std::vector<std::string>& mistakes_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace parley::app
