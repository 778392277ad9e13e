// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/toml_file.h"

#include <algorithm>

#include <toml++/toml.h>

namespace parley::translation {

struct TomlFile::Parsed {
  std::string path;
  toml::table root;

  std::string place(const toml::source_region& region) const {
    return fmt::format("{}, line {}", path, region.begin.line);
  }
};

TomlFile::TomlFile(std::unique_ptr<Parsed> parsed) : parsed_(std::move(parsed)) {}
TomlFile::TomlFile(TomlFile&&) noexcept = default;
TomlFile::~TomlFile() = default;

Result<TomlFile> TomlFile::open(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return fail(ErrorCode::kNotFound, "{} is missing", path.string());
  auto parsed = std::make_unique<Parsed>();
  parsed->path = path.string();
  try {
    parsed->root = toml::parse_file(parsed->path);
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kInvalid, "{}: {}", parsed->place(error.source()), error.description());
  }
  return TomlFile(std::move(parsed));
}

Result<void> TomlFile::list(std::string_view name, const See& see) const {
  const toml::node* node = parsed_->root.get(name);
  if (node == nullptr) return {};
  const toml::array* array = node->as_array();
  if (array == nullptr)
    return fail(ErrorCode::kInvalid, "{}: {} must be a list of strings", parsed_->place(node->source()), name);
  for (const toml::node& item : *array) {
    const std::string place = parsed_->place(item.source());
    const auto* value = item.as_string();
    if (value == nullptr) return fail(ErrorCode::kInvalid, "{}: {} must hold strings only", place, name);
    if (auto ok = see({}, value->get(), place); !ok) return ok;
  }
  return {};
}

Result<void> TomlFile::table(std::string_view name, const See& see) const {
  const toml::node* node = parsed_->root.get(name);
  if (node == nullptr) return {};
  const toml::table* table = node->as_table();
  if (table == nullptr)
    return fail(ErrorCode::kInvalid, "{}: {} must be a table", parsed_->place(node->source()), name);
  for (const auto& [key, item] : *table) {
    const std::string place = parsed_->place(item.source());
    const auto* value = item.as_string();
    if (value == nullptr) return fail(ErrorCode::kInvalid, "{}: \"{}\" must be a string", place, key.str());
    if (auto ok = see(key.str(), value->get(), place); !ok) return ok;
  }
  return {};
}

Result<void> TomlFile::only(std::initializer_list<std::string_view> names) const {
  for (const auto& [key, item] : parsed_->root) {
    if (std::ranges::find(names, key.str()) == names.end()) {
      return fail(ErrorCode::kInvalid, "{}: \"{}\" is unknown; there may be {}", parsed_->place(item.source()),
                  key.str(), fmt::join(names, ", "));
    }
  }
  return {};
}

}  // namespace parley::translation
