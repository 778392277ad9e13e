// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper.h"

#include <algorithm>
#include <cmath>

#include <ctranslate2/models/whisper.h>

#include "audio/frame.h"
#include "base/log.h"
#include "recognition/log_mel.h"
#include "recognition/utterance_stream.h"
#include "recognition/whisper_tokens.h"

namespace parley::recognition {
namespace {

namespace ct2 = ctranslate2;

using Prompt = std::vector<std::size_t>;

constexpr std::chrono::seconds kShortestWindow{5};
constexpr std::chrono::seconds kLongestWindow{30};

// Speech must end before the window does: Whisper drops words that touch its end.
constexpr std::size_t kSilenceAfter = audio::kSampleRate;
constexpr std::size_t kLongestPiece = 30 * audio::kSampleRate - kSilenceAfter;

constexpr std::size_t kFramesPerSecond = audio::kSampleRate / LogMel::kHop;

// In a window shorter than 30 s Whisper is prone to loops (about one utterance in a hundred). People say up to 5 of its
// tokens a second in languages of Latin script; whatever takes more is heard once more in the full window, where it
// does not loop.
constexpr std::size_t kTokensPerSecond = 6;
constexpr std::size_t kTokenMargin = 12;
constexpr std::size_t kMostTokens = 224;  // Half of the decoder's positions; the rest is for prompts.

// Whisper's own rule for a window without words (whisper/transcribe.py).
constexpr float kNoSpeech = 0.6F;
constexpr float kUnsure = -1.0F;

// Whatever Whisper writes with less than a twentieth of probability a token it made up (breath, a closing door). Single
// words that a person says go down to -2.6, sentences to -0.7.
constexpr float kMadeUp = -3.0F;

/// How one attempt hears a piece.
struct Attempt {
  std::size_t seconds;  ///< Of the encoder's window.
  std::size_t tokens;   ///< At most.
};

constexpr Attempt kFullWindow{static_cast<std::size_t>(kLongestWindow.count()), kMostTokens};

ct2::models::WhisperOptions options_for(const Attempt& attempt) {
  ct2::models::WhisperOptions options;
  options.beam_size = 1;
  options.max_length = 2 * attempt.tokens;  // CTranslate2 generates half of it.
  options.return_scores = true;
  options.return_no_speech_prob = true;
  return options;
}

}  // namespace

class Whisper::Model {
 public:
  Model(std::unique_ptr<ct2::models::Whisper> whisper, WhisperTokens tokens, std::chrono::seconds window)
      : whisper_(std::move(whisper)), tokens_(std::move(tokens)), window_(window) {}

  const WhisperTokens& tokens() const { return tokens_; }

  Result<PieceText> recognize(std::span<const float> speech, const Prompt& prompt) const {
    try {
      const Attempt attempt = first_attempt(speech.size());
      PieceText heard = generate(encode(speech, attempt), attempt, prompt);
      if (heard.complete || attempt.seconds == kFullWindow.seconds) return heard;
      return generate(encode(speech, kFullWindow), kFullWindow, prompt);
    } catch (const std::exception& error) {
      return fail(ErrorCode::kInternal, "whisper failed: {}", error.what());
    }
  }

 private:
  Attempt first_attempt(std::size_t samples) const {
    const std::size_t needed = (samples + kSilenceAfter + audio::kSampleRate - 1) / audio::kSampleRate;
    const std::size_t seconds = std::clamp(needed, static_cast<std::size_t>(window_.count()), kFullWindow.seconds);
    if (seconds == kFullWindow.seconds) return kFullWindow;
    return {seconds, std::min(kMostTokens, kTokenMargin + kTokensPerSecond * samples / audio::kSampleRate)};
  }

  ct2::StorageView encode(std::span<const float> speech, const Attempt& attempt) const {
    const std::size_t frames = attempt.seconds * kFramesPerSecond;
    std::vector<float> mel = mel_.compute(speech, frames);
    const ct2::StorageView features({1, static_cast<ct2::dim_t>(LogMel::kBands), static_cast<ct2::dim_t>(frames)},
                                    mel.data());
    return whisper_->encode(features, /*to_cpu=*/true).get();
  }

  PieceText generate(const ct2::StorageView& states, const Attempt& attempt, const Prompt& prompt) const {
    const auto result = whisper_->generate(states, std::vector<Prompt>{prompt}, options_for(attempt)).front().get();
    const auto& ids = result.sequences_ids.at(0);
    const float score = result.scores.at(0);  // Mean log probability.
    if (score < kMadeUp || (result.no_speech_prob > kNoSpeech && score < kUnsure)) return {};
    return {.text = tokens_.text(ids),
            .log_probability = static_cast<double>(score) * static_cast<double>(ids.size()),
            .tokens = ids.size(),
            .complete = ids.size() < attempt.tokens};
  }

  std::unique_ptr<ct2::models::Whisper> whisper_;
  WhisperTokens tokens_;
  LogMel mel_;
  std::chrono::seconds window_;
};

namespace {

Result<void> check_files(const WhisperConfig& config) {
  for (const char* file : {"model.bin", "config.json", "tokenizer.json"}) {
    if (std::filesystem::is_regular_file(config.directory / file)) continue;
    return fail(ErrorCode::kNotFound,
                "model {} is missing: run `make models`, or name its directory in the configuration",
                (config.directory / file).string());
  }
  if (config.window < kShortestWindow || config.window > kLongestWindow) {
    return fail(ErrorCode::kInvalid, "whisper's window must be {} to {} seconds, not {}", kShortestWindow.count(),
                kLongestWindow.count(), config.window.count());
  }
  return {};
}

Result<std::unique_ptr<ct2::models::Whisper>> load_model(const WhisperConfig& config) {
  try {
    ct2::models::ModelLoader loader(config.directory.string());
    loader.device = ct2::Device::CPU;
    loader.compute_type = ct2::ComputeType::INT8;
    ct2::ReplicaPoolConfig pool;
    pool.num_threads_per_replica = static_cast<std::size_t>(std::max(1, config.threads));
    auto whisper = std::make_unique<ct2::models::Whisper>(loader, pool);
    if (whisper->is_multilingual() && whisper->n_mels() == LogMel::kBands) return whisper;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, "model {} cannot be loaded ({}): run `make models` to fetch it again",
                (config.directory / "model.bin").string(), error.what());
  }
  return fail(
      ErrorCode::kInvalid,
      "model {} is not supported: a multilingual Whisper with {} mel bands is needed (tiny, base, small, medium)",
      (config.directory / "model.bin").string(), LogMel::kBands);
}

}  // namespace

Result<std::unique_ptr<Whisper>> Whisper::load(const WhisperConfig& config) {
  if (auto ok = check_files(config); !ok) return std::unexpected(ok.error());
  auto tokens = WhisperTokens::read(config.directory / "tokenizer.json");
  if (!tokens) return std::unexpected(tokens.error());
  // CTranslate2 sets spdlog's default logger up for itself when it is first used, and it is the same spdlog as ours.
  const KeepLogging keep_logging;
  auto whisper = load_model(config);
  if (!whisper) return std::unexpected(whisper.error());
  return std::unique_ptr<Whisper>(
      new Whisper(std::make_shared<const Model>(std::move(*whisper), std::move(*tokens), config.window)));
}

bool Whisper::supports(const Language& language) const { return model_->tokens().prompt(language).has_value(); }

Result<std::unique_ptr<RecognitionStream>> Whisper::open(const SessionContext& context) const {
  auto prompt = model_->tokens().prompt(context.language);
  if (!prompt)
    return fail(ErrorCode::kUnsupported, "whisper does not know the language \"{}\"", context.language.code());
  return std::make_unique<UtteranceStream>(
      [model = model_, prompt = *prompt](std::span<const float> speech) { return model->recognize(speech, prompt); },
      kLongestPiece);
}

Result<void> Whisper::warm_up() const {
  std::vector<float> tone(audio::kSampleRate);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = 0.1F * std::sin(static_cast<float>(i) * 0.1F);
  auto heard = model_->recognize(tone, *model_->tokens().prompt(Language::parse("en").value()));
  if (!heard) return std::unexpected(std::move(heard.error()));
  return {};
}

}  // namespace parley::recognition
