// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/moonshine.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "audio/frame.h"
#include "base/onnx.h"
#include "recognition/moonshine_decoder.h"
#include "recognition/moonshine_tokens.h"
#include "recognition/utterance_stream.h"

namespace parley::recognition {
namespace {

// The encoder attends over the whole piece, so time and memory grow with its square. Utterances are mostly shorter.
constexpr std::chrono::seconds kLongestPiece{15};

// Moonshine loses words that touch the edges of its input. On 75 telephone prompts, 5.0 % of the words were wrong
// without this silence, 4.0 % with 0.1 s and 0.3 s, 3.8 % with 0.2 s and 0.5 s, wherever the speech was trimmed.
constexpr std::size_t kSilenceBefore = audio::kSampleRate / 5;
constexpr std::size_t kSilenceAfter = audio::kSampleRate / 2;

// The model's authors bound English by 6.5 tokens a second; more is a loop.
constexpr double kTokensPerSecond = 6.5;
constexpr std::size_t kTokenMargin = 6;

std::size_t token_limit(std::size_t samples) {
  return kTokenMargin + static_cast<std::size_t>(kTokensPerSecond * static_cast<double>(samples) / audio::kSampleRate);
}

}  // namespace

class Moonshine::Model {
 public:
  Model(Ort::Session encoder, MoonshineDecoder decoder, MoonshineTokens tokens)
      : encoder_(std::move(encoder)), decoder_(std::move(decoder)), tokens_(std::move(tokens)) {}

  Result<PieceText> recognize(const PieceRequest& request) const {
    try {
      const auto heard = decoder_.decode(encode(request.speech), request.draft, token_limit(request.speech.size()));
      PieceText text{.tokens = {}, .end_log_probability = heard.end_log_probability, .complete = heard.complete};
      for (const auto& [token, log_probability] : heard.tokens)
        text.tokens.push_back(
            {.id = token, .text = tokens_.text(std::span(&token, 1)), .log_probability = log_probability});
      return text;
    } catch (const Ort::Exception& error) {
      return fail(ErrorCode::kInternal, "moonshine failed: {}", error.what());
    }
  }

 private:
  Ort::Value encode(std::span<const float> speech) const {
    std::vector<float> input(kSilenceBefore + speech.size() + kSilenceAfter, 0.0F);
    std::ranges::copy(speech, input.begin() + kSilenceBefore);
    const std::array<std::int64_t, 2> shape{1, static_cast<std::int64_t>(input.size())};
    const auto value =
        Ort::Value::CreateTensor<float>(onnx_cpu_memory(), input.data(), input.size(), shape.data(), shape.size());
    const char* in = "input_values";
    const char* out = "last_hidden_state";
    return std::move(encoder_.Run(Ort::RunOptions(nullptr), &in, &value, 1, &out, 1).front());
  }

  mutable Ort::Session encoder_;  // Running is thread-safe; the wrapper's type does not say so.
  MoonshineDecoder decoder_;
  MoonshineTokens tokens_;
};

Result<std::unique_ptr<Moonshine>> Moonshine::load(const MoonshineConfig& config) {
  const auto encoder_file = config.directory / "encoder.onnx";
  auto tokens = MoonshineTokens::read(config.directory / "tokenizer.bin");
  if (!tokens) return std::unexpected(tokens.error());
  auto encoder = open_onnx(encoder_file, {.threads = config.threads});
  if (!encoder) return std::unexpected(encoder.error());
  if (auto ok = check_onnx_names(*encoder, encoder_file, {"input_values"}, {"last_hidden_state"}); !ok)
    return std::unexpected(ok.error());
  auto decoder = MoonshineDecoder::load(config.directory / "decoder.onnx", config.threads);
  if (!decoder) return std::unexpected(decoder.error());
  return std::unique_ptr<Moonshine>(new Moonshine(
      std::make_shared<const Model>(std::move(*encoder), std::move(*decoder), std::move(*tokens)), config.stream));
}

Result<std::unique_ptr<RecognitionStream>> Moonshine::open(const SessionContext& context) const {
  if (!supports(context.language)) {
    return fail(ErrorCode::kUnsupported, "moonshine hears English only, not \"{}\": choose whisper for it",
                context.language.code());
  }
  return std::make_unique<UtteranceStream>(
      [model = model_](const PieceRequest& request) { return model->recognize(request); }, kLongestPiece, stream_);
}

Result<void> Moonshine::warm_up() const {
  std::vector<float> tone(audio::kSampleRate);
  for (std::size_t i = 0; i < tone.size(); ++i) tone[i] = 0.1F * std::sin(static_cast<float>(i) * 0.1F);
  auto heard = model_->recognize({.speech = tone, .draft = {}, .end = Speech::kPaused});
  if (!heard) return std::unexpected(std::move(heard.error()));
  return {};
}

}  // namespace parley::recognition
