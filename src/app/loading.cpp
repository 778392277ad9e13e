// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/loading.h"

#include <array>

#include "base/paths.h"

namespace parley::app {
namespace {

std::filesystem::path models_of(const Settings& settings) {
  return settings.models.empty() ? default_model_directory() : settings.models;
}

}  // namespace

recognition::RecognitionConfig recognition_config(const Settings& settings) {
  auto config = settings.recognition;
  config.moonshine.directory = models_of(settings) / "moonshine-base-en";
  config.whisper.directory = models_of(settings) / "whisper-base";
  return config;
}

synthesis::SynthesisConfig synthesis_config(const Settings& settings) {
  auto config = settings.synthesis;
  config.kokoro.directory = models_of(settings) / "kokoro";
  return config;
}

Result<std::shared_ptr<synthesis::SpokenNotices>> open_notices(const Settings& settings) {
  const auto data = settings.data.empty() ? default_data_directory() : settings.data;
  auto notices = synthesis::Notices::load(data / "notices.toml");
  if (!notices) return std::unexpected(notices.error());
  return std::make_shared<synthesis::SpokenNotices>(std::move(*notices), cache_directory() / "notices");
}

Result<void> load_vad(const Settings& settings, call::Engines& engines) {
  auto vad = audio::VadModel::load(models_of(settings) / "silero_vad.onnx");
  if (!vad) return std::unexpected(vad.error());
  engines.vad = std::move(*vad);
  return {};
}

Result<void> load_recognition(const Settings& settings, call::Engines& engines) {
  const auto recognizers = recognition::Recognizers::load(recognition_config(settings), settings.languages);
  if (!recognizers) return std::unexpected(recognizers.error());
  for (const auto& language : settings.languages) engines.recognizers[language] = recognizers->chain_for(language);
  return {};
}

Result<void> load_translation(const Settings& settings, call::Engines& engines) {
  auto config = settings.translation;
  config.models = models_of(settings);
  if (!settings.data.empty()) config.data = settings.data;
  auto translator = translation::MarianTranslator::load(config);
  if (!translator) return std::unexpected(translator.error());
  engines.translators = {std::move(*translator)};
  return engines.translators.front()->warm_up();
}

Result<void> load_synthesis(const Settings& settings, call::Engines& engines) {
  auto synthesizer = synthesis::load_synthesizer(synthesis_config(settings));
  if (!synthesizer) return std::unexpected(synthesizer.error());
  engines.synthesizers = {std::move(*synthesizer)};

  auto notices = open_notices(settings);
  if (!notices) return std::unexpected(notices.error());
  engines.notice = [spoken = *notices](const Language& language, synthesis::Notice notice) {
    return spoken->sound(language, notice);
  };
  return (*notices)->speak_missing(*engines.synthesizers.front(), settings.languages);
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
