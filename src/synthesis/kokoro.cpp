// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro.h"

#include <vector>

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include "base/paths.h"
#include "kernels/cpu_features.h"
#include "synthesis/generator_pool.h"
#include "synthesis/kokoro_front.h"
#include "synthesis/kokoro_inputs.h"
#include "synthesis/phonemes.h"
#include "synthesis/statistics_store.h"
#include "synthesis/voice_measurer.h"
#include "synthesis/windowed_speech.h"

namespace parley::synthesis {

/// The store's thread uses the others, so it comes last and goes first.
struct Kokoro::Parts {
  KokoroText text;
  KokoroFront front;
  GeneratorPool generators;
  mutable StatisticsStore statistics;

  Parts(KokoroText t, KokoroFront f, std::shared_ptr<const vocoder::GeneratorWeights> weights,
        const KokoroConfig& config)
      : text(std::move(t)),
        front(std::move(f)),
        generators(weights, config.threads),
        statistics(config.statistics, weights->checksum, measure_with(config)) {}

  StatisticsStore::Measure measure_with(const KokoroConfig& config) const {
    if (!config.measure_voices) return nullptr;
    return [this](const VoiceUse& use, const std::stop_token& stop) {
      return synthesis::measure_voice(text, front, generators.weights(), use, stop);
    };
  }
};

namespace {

/// A stream that keeps alive what it speaks with.
class OwningSpeech : public SpeechStream {
 public:
  OwningSpeech(std::shared_ptr<const void> parts, std::unique_ptr<SpeechStream> speech)
      : parts_(std::move(parts)), speech_(std::move(speech)) {}

  Result<std::vector<std::int16_t>> next() override { return speech_->next(); }
  void cancel() override { speech_->cancel(); }
  SpeechPosition position() const override { return speech_->position(); }

 private:
  const std::shared_ptr<const void> parts_;
  const std::unique_ptr<SpeechStream> speech_;
};

std::unexpected<Error> cannot_load(const Error& error) {
  return fail(error.code, "{}: run `make models`, or name the models' directory", error.message);
}

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
  if (config.statistics.empty()) config.statistics = cache_directory() / "voice-statistics";
  auto text = KokoroText::load(config.directory, config.voices);
  if (!text) return std::unexpected(text.error());
  const auto isa = kernels::choose_isa();
  if (!isa) return std::unexpected(isa.error());
  auto weights = vocoder::GeneratorWeights::load(config.directory / "generator.bin", *isa);
  if (!weights) return cannot_load(weights.error());
  auto front = KokoroFront::load(config.directory / "front.onnx", config.threads);
  if (!front) return std::unexpected(front.error());
  auto parts = std::make_shared<const Parts>(std::move(*text), std::move(*front), std::move(*weights), config);
  spdlog::info("{} kernels={}", config.to_string(), kernels::to_string(*isa));
  return std::shared_ptr<const Kokoro>(new Kokoro(std::move(config), std::move(parts)));
}

Kokoro::Kokoro(KokoroConfig config, std::shared_ptr<const Parts> parts)
    : config_(std::move(config)), parts_(std::move(parts)) {}

Kokoro::~Kokoro() = default;

bool Kokoro::supports(const Language& language) const { return parts_->text.supports(language); }

std::string Kokoro::default_voice(const Language& language) const { return parts_->text.default_voice(language); }

Result<std::unique_ptr<SpeechStream>> Kokoro::synthesize(const SynthesisRequest& request) const {
  auto phrase = parts_->text.prepare(request);
  if (!phrase) return std::unexpected(phrase.error());
  VoiceUse use{request.voice, request.language, phrase->voice};
  return std::make_unique<OwningSpeech>(
      parts_, std::make_unique<WindowedSpeech>(parts_->front, parts_->generators, parts_->statistics,
                                               std::move(*phrase), std::move(use)));
}

Result<void> Kokoro::warm_up() const {
  // A phrase of any voice pages everything in; the configured voices are looked up, so that they are measured by the
  // time somebody calls.
  const std::vector<float> style(kStyleSize, 0.0F);
  const auto prosody = parts_->front.run(parts_->text.tokens("ˈaˈaˈa."), style, 1.0F, Ort::RunOptions());
  if (!prosody) return std::unexpected(prosody.error());
  auto generator = parts_->generators.take();
  const vocoder::Stretch phrase = prosody->phrase();
  vocoder::NormStatistics observed;
  generator->run_measuring(phrase.part(0, std::min(phrase.frames(), generator->max_frames())), prosody->style(),
                           observed);
  parts_->generators.give_back(std::move(generator));
  for (const auto& [code, voice] : config_.voices) {
    auto pack = parts_->text.voice(voice);
    if (!pack) return std::unexpected(pack.error());
    parts_->statistics.find({voice, Language::parse(code).value(), std::move(*pack)});
  }
  return {};
}

Result<void> Kokoro::measure_voice(const std::string& voice, const Language& language) const {
  auto pack = parts_->text.voice(voice);
  if (!pack) return std::unexpected(pack.error());
  if (!supports(language)) return fail(ErrorCode::kUnsupported, "Kokoro does not speak \"{}\"", language.code());
  const auto measured = parts_->statistics.measure_now({voice, language, std::move(*pack)});
  if (!measured) return std::unexpected(measured.error());
  return {};
}

}  // namespace parley::synthesis
