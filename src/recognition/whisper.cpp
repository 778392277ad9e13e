// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper.h"

#include <algorithm>
#include <cmath>

#include <ctranslate2/models/whisper.h>
#include <ctranslate2/utils.h>

#include "audio/frame.h"
#include "base/log.h"
#include "recognition/log_mel.h"
#include "recognition/utterance_stream.h"
#include "recognition/whisper_rules.h"
#include "recognition/whisper_run.h"
#include "recognition/whisper_tokens.h"

namespace parley::recognition {
namespace {

namespace ct2 = ctranslate2;

using Prompt = std::vector<std::size_t>;

constexpr std::size_t kFramesPerSecond = audio::kSampleRate / LogMel::kHop;
constexpr std::size_t kFrameStep = kFramesPerSecond / 4;  // Windows are multiples of it.
constexpr std::size_t kMostFrames = 30 * kFramesPerSecond;

constexpr std::chrono::seconds kShortestWindow{5};
constexpr std::chrono::seconds kLongestWindow{30};

// Speech must end before the window does: Whisper drops words that touch its end.
constexpr std::size_t kSilenceAfter = audio::kSampleRate;
constexpr std::chrono::seconds kLongestPiece{29};

// In a window shorter than 30 s Whisper is prone to loops: a sentence in a hundred, a single word in fifteen. People
// say up to 5 of its tokens a second in languages of Latin script; whatever takes more is heard once more with more
// silence behind it, where it mostly ends (docs/decisions/0006).
constexpr std::size_t kTokensPerSecond = 6;
constexpr std::size_t kTokenMargin = 12;
constexpr std::size_t kMostTokens = 224;  // Half of the decoder's positions; the rest is for prompts.

// How much longer the window is then, and at least; how long a text may be: other scripts take up to 20 tokens a
// second.
constexpr std::size_t kMoreFramesAgain = 5 * kFramesPerSecond;
constexpr std::size_t kLeastFramesAgain = 15 * kFramesPerSecond;
constexpr std::size_t kTokensPerSecondAgain = 20;
constexpr std::size_t kTokenMarginAgain = 24;

// Whisper's own rule for a window without words (whisper/transcribe.py).
constexpr double kNoSpeech = 0.6;
constexpr double kUnsure = -1.0;

// Whatever Whisper writes with less than a twentieth of probability a token it made up (breath, a closing door). Single
// words that a person says go down to -2.6, sentences to -0.7.
constexpr double kMadeUp = -3.0;

/// How one attempt hears a piece.
struct Attempt {
  std::size_t frames;  ///< Of the encoder's window.
  std::size_t tokens;  ///< At most.
};

std::size_t token_limit(std::size_t margin, std::size_t per_second, std::size_t samples) {
  return std::min(kMostTokens, margin + per_second * samples / audio::kSampleRate);
}

Attempt first_attempt(std::size_t samples, std::chrono::seconds window) {
  const std::size_t needed = (samples + kSilenceAfter) / LogMel::kHop / kFrameStep * kFrameStep + kFrameStep;
  const std::size_t frames =
      std::clamp(needed, static_cast<std::size_t>(window.count()) * kFramesPerSecond, kMostFrames);
  if (frames == kMostFrames) return {frames, kMostTokens};
  return {frames, token_limit(kTokenMargin, kTokensPerSecond, samples)};
}

Attempt second_attempt(std::size_t samples, const Attempt& first) {
  return {std::clamp(first.frames + kMoreFramesAgain, kLeastFramesAgain, kMostFrames),
          token_limit(kTokenMarginAgain, kTokensPerSecondAgain, samples)};
}

bool is_made_up(const WhisperRun::Hypothesis& hypothesis) {
  const auto& tokens = hypothesis.text.tokens;
  if (tokens.empty()) return false;
  double sum = hypothesis.text.end_log_probability;
  for (const auto& token : tokens) sum += token.log_probability;
  const double mean = sum / static_cast<double>(tokens.size());
  return mean < kMadeUp || (hypothesis.no_speech_probability > kNoSpeech && mean < kUnsure);
}

}  // namespace

class Whisper::Model {
 public:
  Model(std::shared_ptr<const ct2::models::Model> networks, WhisperRules rules, WhisperTokens tokens,
        const WhisperConfig& config)
      : networks_(std::move(networks)),
        rules_(std::move(rules)),
        tokens_(std::move(tokens)),
        window_(config.window),
        threads_(static_cast<std::size_t>(std::max(1, config.threads))) {}

  const WhisperTokens& tokens() const { return tokens_; }

  std::shared_ptr<WhisperRun> new_run() const {
    return std::make_shared<WhisperRun>(networks_, rules_, tokens_.control());
  }

  Result<PieceText> recognize(WhisperRun& run, const Prompt& prompt, const PieceRequest& request) const {
    try {
      ct2::set_num_threads(threads_);  // Of the calling thread.
      const Attempt attempt = first_attempt(request.speech.size(), window_);
      auto heard = hear(run, prompt, request, attempt);
      if (!heard.text.complete && request.end == Speech::kPaused && attempt.frames < kMostFrames)
        heard = hear(run, prompt, request, second_attempt(request.speech.size(), attempt));
      return text_of(heard);
    } catch (const std::exception& error) {
      return fail(ErrorCode::kInternal, "whisper failed: {}", error.what());
    }
  }

 private:
  WhisperRun::Hypothesis hear(WhisperRun& run, const Prompt& prompt, const PieceRequest& request,
                              const Attempt& attempt) const {
    auto mel = mel_.compute(request.speech, attempt.frames);
    return run.decode(run.encode(mel, attempt.frames), prompt, request.draft, attempt.tokens);
  }

  PieceText text_of(const WhisperRun::Hypothesis& heard) const {
    if (is_made_up(heard)) return {};
    PieceText text{
        .tokens = {}, .end_log_probability = heard.text.end_log_probability, .complete = heard.text.complete};
    for (const auto& [id, log_probability] : heard.text.tokens) {
      const auto index = static_cast<std::size_t>(id);
      text.tokens.push_back({.id = id, .text = tokens_.text(std::span(&index, 1)), .log_probability = log_probability});
    }
    return text;
  }

  std::shared_ptr<const ct2::models::Model> networks_;
  WhisperRules rules_;
  WhisperTokens tokens_;
  LogMel mel_;
  std::chrono::seconds window_;
  std::size_t threads_;
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

Result<std::shared_ptr<const ct2::models::Model>> load_networks(const WhisperConfig& config) {
  const auto file = config.directory / "model.bin";
  try {
    ct2::models::ModelLoader loader(config.directory.string());
    loader.device = ct2::Device::CPU;
    loader.compute_type = ct2::ComputeType::INT8;
    auto networks = loader.load().at(0);
    const auto whisper = ct2::models::WhisperReplica::create_from_model(*networks);
    if (whisper->is_multilingual() && whisper->n_mels() == LogMel::kBands) return networks;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, "model {} cannot be loaded ({}): run `make models` to fetch it again",
                file.string(), error.what());
  }
  return fail(
      ErrorCode::kInvalid,
      "model {} is not supported: a multilingual Whisper with {} mel bands is needed (tiny, base, small, medium)",
      file.string(), LogMel::kBands);
}

}  // namespace

Result<std::unique_ptr<Whisper>> Whisper::load(const WhisperConfig& config) {
  if (auto ok = check_files(config); !ok) return std::unexpected(ok.error());
  auto tokens = WhisperTokens::read(config.directory / "tokenizer.json");
  if (!tokens) return std::unexpected(tokens.error());
  auto rules = WhisperRules::read(config.directory / "config.json");
  if (!rules) return std::unexpected(rules.error());
  // CTranslate2 sets spdlog's default logger up for itself when it is first used, and it is the same spdlog as ours.
  const KeepLogging keep_logging;
  auto networks = load_networks(config);
  if (!networks) return std::unexpected(networks.error());
  auto model = std::make_shared<const Model>(std::move(*networks), std::move(*rules), std::move(*tokens), config);
  return std::unique_ptr<Whisper>(new Whisper(std::move(model), config.stream));
}

bool Whisper::supports(const Language& language) const { return model_->tokens().prompt(language).has_value(); }

Result<std::unique_ptr<RecognitionStream>> Whisper::open(const SessionContext& context) const {
  auto prompt = model_->tokens().prompt(context.language);
  if (!prompt)
    return fail(ErrorCode::kUnsupported, "whisper does not know the language \"{}\"", context.language.code());
  return std::make_unique<UtteranceStream>(
      [model = model_, run = model_->new_run(), prompt = *prompt](const PieceRequest& request) {
        return model->recognize(*run, prompt, request);
      },
      kLongestPiece, stream_);
}

Result<void> Whisper::warm_up() const {
  std::vector<float> tone(audio::kSampleRate);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = 0.1F * std::sin(static_cast<float>(i) * 0.1F);
  const auto run = model_->new_run();
  auto heard =
      model_->recognize(*run, *model_->tokens().prompt(Language::parse("en").value()), {.speech = tone, .draft = {}});
  if (!heard) return std::unexpected(std::move(heard.error()));
  return {};
}

}  // namespace parley::recognition
