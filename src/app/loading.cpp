// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/loading.h"

#include <array>

#include "base/paths.h"
#include "synthesis/notices.h"

namespace parley::app {
namespace {

std::filesystem::path models_of(const Settings& settings) {
  return settings.models.empty() ? default_model_directory() : settings.models;
}

Result<std::vector<std::int16_t>> speak_notice(const synthesis::Notices& notices, const call::Engines& engines,
                                               const Language& language) {
  const std::string phrase(notices.text(language, synthesis::Notice::kUntranslated));
  auto stream = engines.synthesizer->synthesize(
      {.phrase = phrase, .language = language, .voice = engines.synthesizer->default_voice(language)});
  if (!stream) return std::unexpected(stream.error());
  std::vector<std::int16_t> sound;
  for (;;) {
    auto chunk = (*stream)->next();
    if (!chunk) return std::unexpected(chunk.error());
    if (chunk->empty()) return sound;
    sound.insert(sound.end(), chunk->begin(), chunk->end());
  }
}

}  // namespace

Result<void> load_vad(const Settings& settings, call::Engines& engines) {
  auto vad = audio::VadModel::load(models_of(settings) / "silero_vad.onnx");
  if (!vad) return std::unexpected(vad.error());
  engines.vad = std::move(*vad);
  return {};
}

Result<void> load_recognition(const Settings& settings, call::Engines& engines) {
  auto config = settings.recognition;
  config.moonshine.directory = models_of(settings) / "moonshine-base-en";
  config.whisper.directory = models_of(settings) / "whisper-base";
  const auto recognizers = recognition::Recognizers::load(config, settings.languages);
  if (!recognizers) return std::unexpected(recognizers.error());
  for (const auto& language : settings.languages) {
    auto recognizer = recognizers->for_language(language);
    if (!recognizer) return std::unexpected(recognizer.error());
    engines.recognizers[language] = std::move(*recognizer);
  }
  return {};
}

Result<void> load_translation(const Settings& settings, call::Engines& engines) {
  auto config = settings.translation;
  config.models = models_of(settings);
  if (!settings.data.empty()) config.data = settings.data;
  auto translator = translation::MarianTranslator::load(config);
  if (!translator) return std::unexpected(translator.error());
  engines.translator = std::move(*translator);
  return engines.translator->warm_up();
}

Result<void> load_synthesis(const Settings& settings, call::Engines& engines) {
  auto config = settings.synthesis;
  config.kokoro.directory = models_of(settings) / "kokoro";
  auto synthesizer = synthesis::load_synthesizer(config);
  if (!synthesizer) return std::unexpected(synthesizer.error());
  engines.synthesizer = std::move(*synthesizer);

  const auto data = settings.data.empty() ? default_data_directory() : settings.data;
  auto notices = synthesis::Notices::load(data / "notices.toml");
  if (!notices) return std::unexpected(notices.error());
  for (const auto& language : settings.languages) {
    auto sound = speak_notice(*notices, engines, language);
    if (!sound) return std::unexpected(sound.error());
    engines.untranslated_notice[language] = std::move(*sound);
  }
  return {};
}

std::span<const LoadStep> load_steps() {
  static constexpr std::array<LoadStep, 4> kSteps{{
      {"voice activity detection", load_vad},
      {"recognition", load_recognition},
      {"translation", load_translation},
      {"synthesis", load_synthesis},
  }};
  return kSteps;
}

Result<std::shared_ptr<const call::Engines>> load_engines(const Settings& settings, const LoadProgress& progress) {
  auto engines = std::make_shared<call::Engines>();
  for (const auto& step : load_steps()) {
    progress(step.name);
    if (auto loaded = step.load(settings, *engines); !loaded) return std::unexpected(loaded.error());
  }
  return engines;
}

}  // namespace parley::app
