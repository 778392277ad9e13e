// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/moonshine_tokens.h"

#include <string_view>

#include "base/mapped_file.h"

namespace parley::recognition {
namespace {

// 3 special tokens and the 256 bytes: what every such vocabulary begins with.
constexpr std::size_t kLeastTokens = 3 + 256;

constexpr std::string_view kWordMark = "\xE2\x96\x81";  // U+2581, SentencePiece's mark for a space

bool is_special(std::string_view token) { return token.size() > 2 && token.front() == '<' && token.back() == '>'; }

void append_with_spaces(std::string& text, std::string_view token) {
  for (auto mark = token.find(kWordMark); mark != std::string_view::npos; mark = token.find(kWordMark)) {
    text += token.substr(0, mark);
    text += ' ';
    token.remove_prefix(mark + kWordMark.size());
  }
  text += token;
}

}  // namespace

Result<MoonshineTokens> MoonshineTokens::read(const std::filesystem::path& file) {
  auto mapped = MappedFile::open(file);
  if (!mapped)
    return fail(mapped.error().code, "{}; run `make models` to fetch the vocabulary", mapped.error().message);
  auto tokens = parse(mapped->bytes());
  if (!tokens)
    return fail(tokens.error().code, "{} {}; run `make models` to fetch it again", file.string(),
                tokens.error().message);
  return tokens;
}

Result<MoonshineTokens> MoonshineTokens::parse(std::span<const std::byte> bytes) {
  std::vector<std::string> tokens;
  const auto next = [&] {
    const auto value = std::to_integer<std::size_t>(bytes.front());
    bytes = bytes.subspan(1);
    return value;
  };
  while (!bytes.empty()) {
    std::size_t length = next();
    if (length >= 128) {
      if (bytes.empty()) return fail(ErrorCode::kInvalid, "ends inside the length of token {}", tokens.size());
      length += next() * 128 - 128;
    }
    if (length > bytes.size()) return fail(ErrorCode::kInvalid, "ends inside token {}", tokens.size());
    tokens.emplace_back(reinterpret_cast<const char*>(bytes.data()), length);
    bytes = bytes.subspan(length);
  }
  if (tokens.size() < kLeastTokens)
    return fail(ErrorCode::kInvalid, "holds only {} tokens and is no vocabulary", tokens.size());
  return MoonshineTokens(std::move(tokens));
}

std::string MoonshineTokens::text(std::span<const std::int64_t> ids) const {
  std::string text;
  for (std::int64_t id : ids) {
    if (id <= kEnd || static_cast<std::size_t>(id) >= tokens_.size()) continue;
    const std::string& token = tokens_[static_cast<std::size_t>(id)];
    if (!is_special(token)) append_with_spaces(text, token);
  }
  return text;
}

}  // namespace parley::recognition
