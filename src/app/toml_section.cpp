// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/toml_section.h"

namespace parley::app {

TomlSection::TomlSection(const toml::table* table, std::string name, std::vector<std::string>& mistakes)
    : table_(table), name_(std::move(name)), mistakes_(mistakes) {}

TomlSection::~TomlSection() {
  if (table_ == nullptr) return;
  for (const auto& [key, node] : *table_) {
    if (known_.contains(key.str())) continue;
    std::string names;
    for (const auto& name : known_) names += (names.empty() ? "" : ", ") + name;
    mistakes_.push_back(fmt::format("line {}: {}{} is no setting; there are: {}", node.source().begin.line,
                                    name_.empty() ? "" : name_ + ".", key.str(), names));
  }
}

void TomlSection::read(std::string_view key, std::vector<std::string>& value) {
  const toml::node* node = find(key);
  if (node == nullptr) return;
  const toml::array* array = node->as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::string)) {
    mistake(*node, key, "a list of texts");
    return;
  }
  value.clear();
  for (const auto& element : *array) value.push_back(*element.value<std::string>());
}

void TomlSection::read(std::string_view key, std::map<std::string, std::string>& value) {
  const toml::table* entries = table(key);
  if (entries == nullptr) return;
  for (const auto& [name, node] : *entries) {
    if (const auto text = node.value_exact<std::string>()) {
      value[std::string(name.str())] = *text;
    } else {
      mistake(node, fmt::format("{}.{}", key, name.str()), "text in quotes");
    }
  }
}

void TomlSection::read(std::string_view key, milliseconds& value) {
  std::int64_t count = value.count();
  read<std::int64_t>(key, count, 0, 3'600'000);
  value = milliseconds(count);
}

const toml::table* TomlSection::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) mistake(*node, key, fmt::format("a table, [{}]", key));
  return node->as_table();
}

const toml::node* TomlSection::find(std::string_view key) {
  known_.emplace(key);
  return table_ != nullptr ? table_->get(key) : nullptr;
}

void TomlSection::mistake(const toml::node& node, std::string_view key, std::string_view wanted) {
  mistakes_.push_back(
      fmt::format("line {}: {}{} must be {}", node.source().begin.line, name_.empty() ? "" : name_ + ".", key, wanted));
}

}  // namespace parley::app
