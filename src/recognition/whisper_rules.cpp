// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper_rules.h"

#include <nlohmann/json.hpp>

#include "base/mapped_file.h"

namespace parley::recognition {

Result<WhisperRules> WhisperRules::read(const std::filesystem::path& file) {
  auto mapped = MappedFile::open(file);
  if (!mapped) return fail(mapped.error().code, "{}; run `make models` to fetch the model", mapped.error().message);
  const auto bytes = mapped->bytes();
  auto rules = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!rules)
    return fail(rules.error().code, "{} {}; run `make models` to fetch it again", file.string(), rules.error().message);
  return rules;
}

Result<WhisperRules> WhisperRules::parse(std::string_view json) {
  WhisperRules rules;
  try {
    const auto root = nlohmann::json::parse(json);
    root.at("suppress_ids").get_to(rules.never);
    root.at("suppress_ids_begin").get_to(rules.not_at_first);
    root.at("alignment_heads").get_to(rules.alignment_heads);
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "does not tell how Whisper decodes ({})", error.what());
  }
  return rules;
}

}  // namespace parley::recognition
