// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_text.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "base/utf8.h"
#include "synthesis/characters.h"
#include "synthesis/espeak.h"
#include "synthesis/phonemes.h"
#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

// The graphs take 510 tokens, but their memory (400 MB for 19 s of speech, kept for the next run) and the wait for the
// first sound grow with a run.
constexpr std::size_t kRunTokens = 200;

// How much of what was said before a phrase its melody is made with; each 14 are about 30 ms more before it sounds.
constexpr std::size_t kRememberedCharacters = 30;

constexpr std::u32string_view kSentenceMarks = U".!?…।";

constexpr double kSlowest = 0.5;
constexpr double kFastest = 2.0;

/// What a phrase goes on from ends like a clause: the seam lies in the pause.
std::string left_open(std::string phonemes) {
  const std::u32string last = decode_utf8(phonemes);
  if (!last.empty() && !is_clause_mark(last.back())) phonemes += ',';
  return phonemes;
}

/// The last words of the sentence that a text leaves open, `longest` characters at most.
std::string open_words(std::string_view text, std::size_t longest) {
  const std::u32string decoded = decode_utf8(text);
  std::u32string_view words(decoded);
  if (const std::size_t mark = words.find_last_of(kSentenceMarks); mark != std::u32string_view::npos)
    words.remove_prefix(mark + 1);
  if (words.size() > longest) {
    const std::size_t space = words.find(U' ', words.size() - longest - 1);
    words.remove_prefix(std::min(words.size(), space));
  }
  return encode_utf8(words);
}

}  // namespace

Result<KokoroText> KokoroText::load(const std::filesystem::path& directory, const DefaultVoices& defaults) {
  auto tokens = TokenTable::load(directory / "tokens.json");
  if (!tokens) {
    return fail(tokens.error().code, "{}: run `make models`, or name the models' directory", tokens.error().message);
  }
  auto voices = voice::VoiceLibrary::open(directory / "voices");
  if (!voices) return std::unexpected(voices.error());
  for (const auto& [code, voice] : defaults) {
    if (const auto pack = voices->find(voice); !pack) return std::unexpected(pack.error());
    // Starts espeak-ng now, and not in the middle of a call.
    if (const auto ipa = espeak_ipa("a", find_accent(Language::parse(code).value(), voice)->espeak_voice); !ipa)
      return std::unexpected(ipa.error());
  }
  return KokoroText(std::move(*tokens), std::move(*voices), defaults);
}

bool KokoroText::supports(const Language& language) const { return find_accent(language, {}) != nullptr; }

std::string KokoroText::default_voice(const Language& language) const {
  const auto found = defaults_.find(std::string(language.code()));
  return found == defaults_.end() ? std::string() : found->second;
}

Result<KokoroPhrase> KokoroText::prepare(const SynthesisRequest& request) const {
  const Accent* accent = find_accent(request.language, request.voice);
  if (accent == nullptr)
    return fail(ErrorCode::kUnsupported, "Kokoro does not speak \"{}\", only en, pt, es, fr, it and hi",
                request.language.code());
  if (!(request.speed >= kSlowest && request.speed <= kFastest)) {
    return fail(ErrorCode::kInvalid, "a speed of {} is not possible: choose {}…{}", request.speed, kSlowest, kFastest);
  }
  const auto voice = voices_.find(request.voice);
  if (!voice) return std::unexpected(voice.error());
  const auto phonemes = to_phonemes(text_for_speech(request.phrase, request.language), *accent);
  if (!phonemes) return std::unexpected(phonemes.error());
  KokoroPhrase phrase{.voice = *voice, .speed = static_cast<float>(request.speed)};
  for (const auto& part : split_phonemes(*phonemes, kRunTokens)) {
    if (auto run = tokens(part); !run.empty()) phrase.runs.push_back(std::move(run));
  }
  if (phrase.runs.empty()) return fail(ErrorCode::kInvalid, "there is nothing to pronounce in \"{}\"", request.phrase);
  if (const std::string before = open_words(request.before, kRememberedCharacters); is_speakable(before)) {
    const auto spoken = to_phonemes(text_for_speech(before, request.language), *accent);
    if (!spoken) return std::unexpected(spoken.error());
    phrase.before = tokens(left_open(*spoken) + ' ');
  }
  return phrase;
}

Tokens KokoroText::tokens(std::string_view phonemes) const {
  auto [ids, unknown] = table_.ids(phonemes);
  if (unknown > 0) spdlog::debug("kokoro: {} unknown symbols skipped in \"{}\"", unknown, phonemes);
  return std::move(ids);
}

}  // namespace parley::synthesis
