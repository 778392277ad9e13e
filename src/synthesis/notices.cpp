// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/notices.h"

#include <cstdlib>
#include <fstream>

#include <toml++/toml.h>

#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

const Language& english() {
  static const Language language = Language::parse("en").value();
  return language;
}

}  // namespace

std::string_view to_string(Notice notice) {
  switch (notice) {
    case Notice::kUntranslated: return "untranslated";
    case Notice::kRestored: return "restored";
    case Notice::kBusy: return "busy";
  }
  return {};
}

Result<Notices> Notices::load(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream)
    return fail(ErrorCode::kNotFound, "the notices {} cannot be read: set PARLEY_DATA to parley's data directory",
                file.string());
  toml::table table;
  try {
    table = toml::parse(stream, file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kInvalid, "{}, line {}: {}", file.string(), error.source().begin.line, error.description());
  }
  Texts texts;
  for (const auto& [key, value] : table) {
    const auto language = Language::parse(key.str());
    const auto* entries = value.as_table();
    if (!language || entries == nullptr)
      return fail(ErrorCode::kInvalid, "{}: [{}] is no table of a language", file.string(), key.str());
    for (const Notice notice : kAllNotices) {
      const auto* entry = entries->get(to_string(notice));
      if (entry == nullptr) continue;
      const auto text = entry->value<std::string>();
      if (!text || !is_speakable(*text))
        return fail(ErrorCode::kInvalid, "{}: {}.{} is no text", file.string(), key.str(), to_string(notice));
      texts.emplace(std::pair(*language, notice), *text);
    }
  }
  for (const Notice notice : kAllNotices) {
    if (!texts.contains({english(), notice}))
      return fail(ErrorCode::kInvalid, "{}: en.{} is missing", file.string(), to_string(notice));
  }
  return Notices(std::move(texts));
}

std::string_view Notices::text(const Language& language, Notice notice) const {
  const auto found = texts_.find({language, notice});
  return found != texts_.end() ? found->second : texts_.at({english(), notice});
}

Language Notices::language_of(const Language& language, Notice notice) const {
  return texts_.contains({language, notice}) ? language : english();
}

}  // namespace parley::synthesis
