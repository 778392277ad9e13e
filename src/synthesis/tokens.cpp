// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/tokens.h"

#include <algorithm>
#include <string>

#include <nlohmann/json.hpp>

#include "base/mapped_file.h"
#include "base/utf8.h"
#include "synthesis/characters.h"

namespace parley::synthesis {
namespace {

// Kokoro's embedding has 178 rows; 0 frames every run and stands for no symbol.
constexpr std::int64_t kMaxId = 177;

// Where to cut a text that is too long: a mark, else a space, as near to the aim as the limit allows; 0 when there is
// none.
std::size_t cut_near(std::u32string_view text, std::size_t aim, std::size_t limit) {
  std::size_t best = 0;
  std::size_t best_distance = 0;
  for (std::size_t i = 1; i <= limit; ++i) {
    const bool mark = is_clause_mark(text[i - 1]) && at(text, i) == U' ';
    if (!mark && at(text, i) != U' ') continue;
    const std::size_t distance = (i > aim ? i - aim : aim - i) + (mark ? 0 : limit / 4);
    if (best == 0 || distance <= best_distance) {
      best = i;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace

Result<TokenTable> TokenTable::load(const std::filesystem::path& file) {
  const auto mapped = MappedFile::open(file);
  if (!mapped) return std::unexpected(mapped.error());
  const auto bytes = mapped->bytes();
  const auto* text = reinterpret_cast<const char*>(bytes.data());
  const auto json = nlohmann::json::parse(text, text + bytes.size(), nullptr, false);
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::kInvalid, "token table {} {}: run `make models`", file.string(), why);
  };
  if (!json.is_object()) return refuse("is no JSON object");
  std::map<char32_t, std::int64_t> ids;
  for (const auto& [symbol, id] : json.items()) {
    const auto characters = decode_utf8(symbol);
    if (characters.size() != 1 || !id.is_number_integer())
      return refuse("maps something else than characters to numbers");
    const auto value = id.get<std::int64_t>();
    if (value < 1 || value > kMaxId) return refuse("has an id that Kokoro does not know");
    ids.emplace(characters[0], value);
  }
  for (const char32_t needed : {U' ', U',', U'.', U'a', U'ˈ'}) {
    if (!ids.contains(needed)) return refuse("lacks common symbols of Kokoro");
  }
  return TokenTable(std::move(ids));
}

TokenTable::Ids TokenTable::ids(std::string_view phonemes) const {
  Ids out;
  for (const char32_t symbol : decode_utf8(phonemes)) {
    if (const auto found = ids_.find(symbol); found != ids_.end()) {
      out.ids.push_back(found->second);
    } else {
      ++out.unknown;
    }
  }
  return out;
}

std::vector<std::string> split_phonemes(std::string_view phonemes, std::size_t limit) {
  const std::u32string decoded = decode_utf8(phonemes);
  std::u32string_view rest = decoded;
  std::vector<std::string> runs;
  while (rest.size() > limit) {
    const std::size_t pieces = (rest.size() + limit - 1) / limit;
    std::size_t cut = cut_near(rest, rest.size() / pieces, limit);
    if (cut == 0) cut = limit;
    runs.push_back(encode_utf8(rest.substr(0, cut)));
    rest.remove_prefix(cut);
    rest.remove_prefix(std::min(rest.find_first_not_of(U' '), rest.size()));
  }
  if (!rest.empty()) runs.push_back(encode_utf8(rest));
  return runs;
}

}  // namespace parley::synthesis
