// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/espeak_synthesizer.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <optional>

#include "audio/frame.h"
#include "synthesis/espeak.h"
#include "synthesis/phonemes.h"
#include "synthesis/phrases.h"
#include "synthesis/speech_shaper.h"
#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

constexpr std::string_view kWoman = "+f3";

constexpr double kSlowest = 0.5;
constexpr double kFastest = 2.0;

/// espeak-ng's sound has more of what ears are sensitive to than a person's of the same power.
constexpr SpeechShape kShape{.quietest_db = -21.0F, .loudest_db = -21.0F};

/// The library is held for one piece of a phrase at a time, and the first of them is what the listener waits for.
constexpr PhraseLimits kPieces{.first = 60, .longest = 120};

constexpr std::size_t kChunk = audio::kSampleRate / 4;

/// About how many samples a text becomes, until it is known.
std::size_t expected_samples(std::size_t characters, double speed) {
  constexpr double kCharactersPerSecond = 14.0;
  return static_cast<std::size_t>(static_cast<double>(characters) * audio::kSampleRate / kCharactersPerSecond / speed);
}

milliseconds duration_of(std::size_t samples) { return milliseconds(samples * 1000 / audio::kSampleRate); }

/// espeak-ng's name of a voice; nothing where there is none of that name.
std::optional<std::string> find_voice(const Language& language, std::string_view voice) {
  const std::string accent(find_accent(language, voice)->espeak_voice);
  const std::string woman = accent + std::string(kWoman);
  if (voice.empty() || voice == woman) return woman;
  if (voice == accent) return accent;
  if (voice.size() > 3 && voice[2] == '_' && (voice[1] == 'f' || voice[1] == 'm'))
    return voice[1] == 'f' ? woman : accent;
  return std::nullopt;
}

class EspeakSpeech final : public SpeechStream {
 public:
  EspeakSpeech(std::vector<std::string> pieces, std::string voice, double speed)
      : pieces_(std::move(pieces)), voice_(std::move(voice)), speed_(speed) {
    expect(0);
  }

  Result<std::vector<std::int16_t>> next() override {
    while (ready_.empty() && piece_ <= pieces_.size()) {
      if (auto ok = proceed(); !ok) return std::unexpected(ok.error());
    }
    if (cancelled_) return cancelled();
    const auto count = static_cast<std::ptrdiff_t>(std::min(kChunk, ready_.size()));
    std::vector<std::int16_t> chunk(ready_.begin(), ready_.begin() + count);
    ready_.erase(ready_.begin(), ready_.begin() + count);
    given_ += chunk.size();
    return chunk;
  }

  void cancel() override { cancelled_ = true; }

  SpeechPosition position() const override {
    return {.given = duration_of(given_), .expected = duration_of(std::max<std::size_t>(given_, expected_))};
  }

 private:
  static std::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "the speech was cancelled"); }

  /// Speaks the next piece, or gives the rest of the last one.
  Result<void> proceed() {
    if (cancelled_) return cancelled();
    if (piece_ == pieces_.size()) {
      if (shaper_) append(shaper_->finish());
    } else {
      auto sound = speak(pieces_[piece_]);
      if (!sound) return std::unexpected(sound.error());
      if (!shaper_) shaper_.emplace(kEspeakRate, speech_level(*sound, kEspeakRate), 1.0F, kShape);
      append(shaper_->feed(*sound));
    }
    ++piece_;
    expect(piece_);
    return {};
  }

  /// A piece and the pause behind it, full scale at ±1.
  Result<std::vector<float>> speak(const std::string& piece) const {
    std::vector<float> sound;
    const auto ok = espeak_speak(piece, voice_, speed_, [&](std::span<const std::int16_t> samples) {
      std::ranges::transform(samples, std::back_inserter(sound),
                             [](std::int16_t sample) { return static_cast<float>(sample) / 32768.0F; });
      return !cancelled_;
    });
    if (!ok) return std::unexpected(ok.error());
    sound.resize(sound.size() + static_cast<std::size_t>(pause_after(piece).count()) * kEspeakRate / 1000);
    return sound;
  }

  void append(const std::vector<std::int16_t>& samples) {
    ready_.insert(ready_.end(), samples.begin(), samples.end());
    made_ += samples.size();
  }

  /// Pieces from `first` on are to be spoken yet.
  void expect(std::size_t first) {
    std::size_t characters = 0;
    for (std::size_t i = first; i < pieces_.size(); ++i) characters += pieces_[i].size();
    expected_ = made_ + expected_samples(characters, speed_);
  }

  const std::vector<std::string> pieces_;
  const std::string voice_;
  const double speed_;
  std::atomic<bool> cancelled_{false};
  std::optional<SpeechShaper> shaper_;  ///< Made when it is known how loud the voice is.
  std::size_t piece_ = 0;               ///< The next; one more than there are: all is done.
  std::vector<std::int16_t> ready_;
  std::size_t made_ = 0;
  std::atomic<std::size_t> given_{0};
  std::atomic<std::size_t> expected_{0};
};

}  // namespace

Result<std::shared_ptr<const EspeakSynthesizer>> EspeakSynthesizer::load() {
  std::shared_ptr<const EspeakSynthesizer> engine(new EspeakSynthesizer);
  if (auto ok = engine->warm_up(); !ok) return std::unexpected(ok.error());
  return engine;
}

bool EspeakSynthesizer::supports(const Language& language) const { return find_accent(language, {}) != nullptr; }

std::string EspeakSynthesizer::default_voice(const Language& language) const {
  return supports(language) ? *find_voice(language, {}) : std::string();
}

Result<std::unique_ptr<SpeechStream>> EspeakSynthesizer::synthesize(const SynthesisRequest& request) const {
  if (!supports(request.language))
    return fail(ErrorCode::kUnsupported, "espeak is not used for \"{}\", only for en, pt, es, fr, it and hi",
                request.language.code());
  if (!(request.speed >= kSlowest && request.speed <= kFastest))
    return fail(ErrorCode::kInvalid, "a speed of {} is not possible: choose {}…{}", request.speed, kSlowest, kFastest);
  auto voice = find_voice(request.language, request.voice);
  if (!voice)
    return fail(ErrorCode::kNotFound, "espeak has no voice \"{}\": name none, or one of Kokoro's", request.voice);
  auto pieces = split_phrases(text_for_speech(request.phrase, request.language), kPieces);
  std::erase_if(pieces, [](const std::string& piece) { return !is_speakable(piece); });
  if (pieces.empty()) return fail(ErrorCode::kInvalid, "there is nothing to pronounce in \"{}\"", request.phrase);
  return std::make_unique<EspeakSpeech>(std::move(pieces), std::move(*voice), request.speed);
}

Result<void> EspeakSynthesizer::warm_up() const {
  constexpr std::array kLanguages = {"en", "pt", "es", "fr", "it", "hi"};
  for (const char* code : kLanguages) {
    const auto voice = default_voice(Language::parse(code).value());
    if (auto ok = espeak_speak("a", voice, 1.0, [](auto) { return true; }); !ok) return ok;
  }
  return {};
}

}  // namespace parley::synthesis
