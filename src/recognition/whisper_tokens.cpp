// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper_tokens.h"

#include <array>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "base/mapped_file.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kMostTokens = 200'000;  // Whisper has 51 866 at most.

constexpr const char* kStart = "<|startoftranscript|>";
constexpr const char* kTranscribe = "<|transcribe|>";
constexpr const char* kNoTimestamps = "<|notimestamps|>";
constexpr const char* kEnd = "<|endoftext|>";
constexpr const char* kNoSpeech = "<|nospeech|>";
constexpr const char* kNoSpeechOnce = "<|nocaptions|>";

/// GPT-2's byte-level alphabet: printable Latin-1 stands for itself, the other 68 bytes for U+0100 and on.
/// https://github.com/openai/gpt-2/blob/master/src/encoder.py, bytes_to_unicode.
std::array<int, 324> byte_of_code_point() {
  std::array<int, 324> bytes;
  bytes.fill(-1);
  int next = 256;
  for (int byte = 0; byte < 256; ++byte) {
    const bool stands_for_itself = (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
    bytes[static_cast<std::size_t>(stands_for_itself ? byte : next++)] = byte;
  }
  return bytes;
}

/// The bytes that a vocabulary entry stands for. All its characters lie below U+0800: one or two bytes each.
std::optional<std::string> bytes_of(std::string_view entry) {
  static const auto kBytes = byte_of_code_point();
  std::string bytes;
  for (std::size_t i = 0; i < entry.size(); ++i) {
    std::size_t code = static_cast<unsigned char>(entry[i]);
    if (code >= 0x80) {
      if ((code & 0xE0U) != 0xC0 || i + 1 == entry.size()) return std::nullopt;
      code = ((code & 0x1FU) << 6U) | (static_cast<unsigned char>(entry[++i]) & 0x3FU);
    }
    if (code >= kBytes.size() || kBytes[code] < 0) return std::nullopt;
    bytes.push_back(static_cast<char>(kBytes[code]));
  }
  return bytes;
}

/// Whisper names a few languages otherwise than ISO 639-1 does.
std::string whisper_code(const Language& language) {
  if (language.code() == "jv") return "jw";
  if (language.code() == "nb") return "no";
  return std::string(language.code());
}

bool is_language_token(std::string_view token) {
  return token.size() == 6 && token.starts_with("<|") && token.ends_with("|>");
}

}  // namespace

Result<WhisperTokens> WhisperTokens::read(const std::filesystem::path& file) {
  auto mapped = MappedFile::open(file);
  if (!mapped) return fail(mapped.error().code, "{}; run `make models` to fetch the tokenizer", mapped.error().message);
  const auto bytes = mapped->bytes();
  auto tokens = parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  if (!tokens)
    return fail(tokens.error().code, "{} {}; run `make models` to fetch it again", file.string(),
                tokens.error().message);
  return tokens;
}

Result<WhisperTokens> WhisperTokens::parse(std::string_view json) {
  WhisperTokens tokens;
  try {
    const auto root = nlohmann::json::parse(json);
    for (const auto& [entry, id] : root.at("model").at("vocab").items()) {
      const auto index = id.get<std::size_t>();
      if (index >= kMostTokens) return fail(ErrorCode::kInvalid, "holds the token id {}, which is out of range", index);
      if (index >= tokens.bytes_.size()) tokens.bytes_.resize(index + 1);
      if (auto bytes = bytes_of(entry)) tokens.bytes_[index] = std::move(*bytes);
    }
    for (const auto& added : root.at("added_tokens")) {
      tokens.control_[added.at("content").get<std::string>()] = added.at("id").get<std::size_t>();
    }
  } catch (const nlohmann::json::exception& error) {
    return fail(ErrorCode::kInvalid, "is no tokenizer.json ({})", error.what());
  }
  // Some converters list the control tokens in the vocabulary too; they are no text.
  for (const auto& [name, id] : tokens.control_) {
    if (id < tokens.bytes_.size()) tokens.bytes_[id].clear();
  }
  if (!tokens.control_.contains(kNoSpeech) && tokens.control_.contains(kNoSpeechOnce))
    tokens.control_[kNoSpeech] = tokens.control_[kNoSpeechOnce];
  for (const char* needed : {kStart, "<|en|>", kTranscribe, kNoTimestamps, kEnd, kNoSpeech}) {
    if (!tokens.control_.contains(needed)) return fail(ErrorCode::kInvalid, "is not Whisper's: it has no {}", needed);
  }
  return tokens;
}

std::optional<std::vector<std::size_t>> WhisperTokens::prompt(const Language& language) const {
  const auto token = control_.find("<|" + whisper_code(language) + "|>");
  if (token == control_.end() || !is_language_token(token->first)) return std::nullopt;
  return std::vector{control_.at(kStart), token->second, control_.at(kTranscribe), control_.at(kNoTimestamps)};
}

WhisperControl WhisperTokens::control() const { return {control_.at(kEnd), control_.at(kNoSpeech)}; }

std::string WhisperTokens::text(std::span<const std::size_t> ids) const {
  std::string text;
  for (std::size_t id : ids) {
    if (id < bytes_.size()) text += bytes_[id];
  }
  return text;
}

}  // namespace parley::recognition
