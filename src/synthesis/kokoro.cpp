// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro.h"

#include <atomic>
#include <vector>

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "base/paths.h"
#include "synthesis/espeak.h"
#include "synthesis/kokoro_model.h"
#include "synthesis/phonemes.h"
#include "synthesis/speech_shape.h"
#include "synthesis/text_for_speech.h"
#include "synthesis/tokens.h"
#include "voice/voice_library.h"

namespace parley::synthesis {

struct Kokoro::Parts {
  KokoroModel model;
  TokenTable tokens;
  voice::VoiceLibrary voices;
};

namespace {

using Runs = std::vector<std::vector<std::int64_t>>;

// The graph takes 510 tokens, but its memory (400 MB for 19 s of speech, kept for the next run) and the wait for the
// first sound grow with a run.
constexpr std::size_t kRunTokens = 200;

constexpr double kSlowest = 0.5;
constexpr double kFastest = 2.0;

// A phrase that was made ready: run after run gives its speech.
class KokoroStream : public SpeechStream {
 public:
  KokoroStream(std::shared_ptr<const KokoroModel> model, std::shared_ptr<const voice::StylePack> voice, Runs runs,
               float speed)
      : model_(std::move(model)), voice_(std::move(voice)), runs_(std::move(runs)), speed_(speed) {}

  Result<std::vector<std::int16_t>> next() override {
    if (cancelled_) return cancelled();
    while (next_ < runs_.size()) {
      const auto& tokens = runs_[next_++];
      const auto samples = model_->run(tokens, voice_->row(tokens.size()), speed_, options_);
      if (cancelled_) return cancelled();
      if (!samples) return std::unexpected(samples.error());
      auto speech = shape_speech(*samples, KokoroModel::kSampleRate);
      if (!speech.empty()) return speech;
    }
    return std::vector<std::int16_t>();
  }

  void cancel() override {
    cancelled_ = true;
    options_.SetTerminate();
  }

 private:
  static std::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "the synthesis was cancelled"); }

  const std::shared_ptr<const KokoroModel> model_;
  const std::shared_ptr<const voice::StylePack> voice_;
  const Runs runs_;
  const float speed_;
  std::size_t next_ = 0;
  Ort::RunOptions options_;
  std::atomic<bool> cancelled_{false};
};

}  // namespace

Result<void> KokoroConfig::validate() const {
  if (threads < 1 || threads > 64) return fail(ErrorCode::kInvalid, "kokoro: threads is {}, but must be 1…64", threads);
  for (const auto& [code, voice] : voices) {
    const auto language = Language::parse(code);
    if (!language || find_accent(*language, voice) == nullptr) {
      return fail(ErrorCode::kInvalid,
                  "kokoro: voices has \"{}\", which is no language that Kokoro speaks (en, pt, es, fr, it, hi)", code);
    }
  }
  return {};
}

std::string KokoroConfig::to_string() const {
  std::vector<std::string> chosen;
  for (const auto& [code, voice] : voices) chosen.push_back(code + ": " + voice);
  return fmt::format("kokoro: directory={} threads={} voices={{{}}}", directory.string(), threads,
                     fmt::join(chosen, ", "));
}

Result<std::shared_ptr<const Kokoro>> Kokoro::load(const KokoroConfig& wanted) {
  if (auto ok = wanted.validate(); !ok) return std::unexpected(ok.error());
  KokoroConfig config = wanted;
  if (config.directory.empty()) config.directory = default_model_directory() / "kokoro";
  auto tokens = TokenTable::load(config.directory / "tokens.json");
  if (!tokens) {
    return fail(tokens.error().code, "{}: run `make models`, or name the models' directory", tokens.error().message);
  }
  auto voices = voice::VoiceLibrary::open(config.directory / "voices");
  if (!voices) return std::unexpected(voices.error());
  for (const auto& [code, voice] : config.voices) {
    if (const auto pack = voices->find(voice); !pack) return std::unexpected(pack.error());
    // Starts espeak-ng now, and not in the middle of a call.
    if (const auto ipa = espeak_ipa("a", find_accent(Language::parse(code).value(), voice)->espeak_voice); !ipa)
      return std::unexpected(ipa.error());
  }
  auto model = KokoroModel::load(config.directory / "kokoro.onnx", config.threads);
  if (!model) return std::unexpected(model.error());
  auto parts = std::make_shared<const Parts>(std::move(*model), std::move(*tokens), std::move(*voices));
  spdlog::info("{}", config.to_string());
  return std::shared_ptr<const Kokoro>(new Kokoro(std::move(config), std::move(parts)));
}

Kokoro::Kokoro(KokoroConfig config, std::shared_ptr<const Parts> parts)
    : config_(std::move(config)), parts_(std::move(parts)) {}

Kokoro::~Kokoro() = default;

bool Kokoro::supports(const Language& language) const { return find_accent(language, {}) != nullptr; }

std::string Kokoro::default_voice(const Language& language) const {
  const auto found = config_.voices.find(std::string(language.code()));
  return found == config_.voices.end() ? std::string() : found->second;
}

Result<std::unique_ptr<SpeechStream>> Kokoro::synthesize(const SynthesisRequest& request) const {
  const Accent* accent = find_accent(request.language, request.voice);
  if (accent == nullptr)
    return fail(ErrorCode::kUnsupported, "Kokoro does not speak \"{}\", only en, pt, es, fr, it and hi",
                request.language.code());
  if (!(request.speed >= kSlowest && request.speed <= kFastest)) {
    return fail(ErrorCode::kInvalid, "a speed of {} is not possible: choose {}…{}", request.speed, kSlowest, kFastest);
  }
  const auto voice = parts_->voices.find(request.voice);
  if (!voice) return std::unexpected(voice.error());
  const auto phonemes = to_phonemes(text_for_speech(request.phrase, request.language), *accent);
  if (!phonemes) return std::unexpected(phonemes.error());
  Runs runs;
  for (const auto& part : split_phonemes(*phonemes, kRunTokens)) {
    auto [ids, unknown] = parts_->tokens.ids(part);
    if (unknown > 0) spdlog::debug("kokoro: {} unknown symbols skipped in \"{}\"", unknown, part);
    if (!ids.empty()) runs.push_back(std::move(ids));
  }
  if (runs.empty()) return fail(ErrorCode::kInvalid, "there is nothing to pronounce in \"{}\"", request.phrase);
  const std::shared_ptr<const KokoroModel> model(parts_, &parts_->model);
  return std::make_unique<KokoroStream>(model, *voice, std::move(runs), static_cast<float>(request.speed));
}

Result<void> Kokoro::warm_up() const {
  const std::vector<float> style(KokoroModel::kStyleSize, 0.0F);
  const auto samples = parts_->model.run(parts_->tokens.ids("ˈaˈaˈa.").ids, style, 1.0F, Ort::RunOptions());
  if (!samples) return std::unexpected(samples.error());
  return {};
}

}  // namespace parley::synthesis
