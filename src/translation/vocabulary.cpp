// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/vocabulary.h"

#include <cctype>

#include <sentencepiece_processor.h>

#include "translation/marian_model.h"

namespace parley::translation {
namespace {

constexpr std::string_view kWordStart = "\u2581";

bool begins_word(std::string_view piece) {
  if (piece.starts_with(kWordStart)) return true;
  return !piece.empty() && std::ispunct(static_cast<unsigned char>(piece.front())) != 0;
}

}  // namespace

Result<Vocabulary> Vocabulary::open(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) {
    return fail(ErrorCode::kNotFound,
                "vocabulary {} is missing: run `make models`, or name its directory in the configuration",
                path.string());
  }
  auto processor = std::make_unique<sentencepiece::SentencePieceProcessor>();
  if (const auto status = processor->Load(path.string()); !status.ok()) {
    return fail(ErrorCode::kInvalid, "vocabulary {} cannot be read ({}): run `make models` to fetch it again",
                path.string(), status.ToString());
  }
  if (processor->eos_id() != static_cast<int>(kEndOfSentence) ||
      processor->unk_id() != static_cast<int>(kUnknownWord)) {
    return fail(ErrorCode::kInvalid,
                "vocabulary {} is not Marian's: it numbers the end mark {} and the unknown word {}, not 0 and 1",
                path.string(), processor->eos_id(), processor->unk_id());
  }
  return Vocabulary(std::move(processor));
}

Vocabulary::Vocabulary(std::unique_ptr<sentencepiece::SentencePieceProcessor> processor)
    : processor_(std::move(processor)) {
  const int size = processor_->GetPieceSize();
  begins_word_.reserve(static_cast<std::size_t>(size));
  for (int id = 0; id < size; ++id) begins_word_.push_back(translation::begins_word(processor_->IdToPiece(id)) ? 1 : 0);
}

Vocabulary::Vocabulary(Vocabulary&&) noexcept = default;
Vocabulary& Vocabulary::operator=(Vocabulary&&) noexcept = default;
Vocabulary::~Vocabulary() = default;

std::vector<std::uint32_t> Vocabulary::encode(std::string_view text) const {
  std::vector<int> ids;
  if (!processor_->Encode({text.data(), text.size()}, &ids).ok()) return {};
  return {ids.begin(), ids.end()};
}

std::vector<std::uint8_t> Vocabulary::starts_of(std::span<const std::uint32_t> ids) const {
  std::vector<std::uint8_t> starts;
  for (const std::uint32_t id : ids) {
    starts.push_back(processor_->IdToPiece(static_cast<int>(id)).starts_with(kWordStart) ? 1 : 0);
  }
  return starts;
}

std::string Vocabulary::decode(std::span<const std::uint32_t> ids) const {
  std::string text;
  if (!processor_->Decode(std::vector<int>(ids.begin(), ids.end()), &text).ok()) return {};
  return text;
}

}  // namespace parley::translation
