// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine_roles.h"

#include "app/loading.h"

namespace parley::app {
namespace {

Result<workers::Engine> load_recognizer(const Settings& settings, const std::string& engine) {
  auto recognizer = recognition::load_recognizer(recognition_config(settings), engine);
  if (!recognizer) return std::unexpected(recognizer.error());
  return workers::Engine{.recognizer = std::move(*recognizer), .translator = nullptr, .synthesizer = nullptr};
}

Result<workers::Engine> load_synthesizer(const Settings& settings, const std::string& engine) {
  auto config = synthesis_config(settings);
  config.engine = engine;
  auto synthesizer = synthesis::load_synthesizer(config);
  if (!synthesizer) return std::unexpected(synthesizer.error());
  return workers::Engine{.recognizer = nullptr, .translator = nullptr, .synthesizer = std::move(*synthesizer)};
}

Result<workers::Engine> load_translator(const Settings& settings) {
  call::Engines engines;
  if (auto loaded = load_translation(settings, engines); !loaded) return std::unexpected(loaded.error());
  return workers::Engine{.recognizer = nullptr, .translator = engines.translators.front(), .synthesizer = nullptr};
}

}  // namespace

Result<EngineRole> EngineRole::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size())
    return fail(ErrorCode::kInvalid, "a role is a stage and an engine (recognition:moonshine), not \"{}\"", text);
  return EngineRole{.stage = std::string(text.substr(0, colon)), .engine = std::string(text.substr(colon + 1))};
}

Result<workers::Engine> load_role(const Settings& settings, const EngineRole& role) {
  if (role.stage == "recognition") return load_recognizer(settings, role.engine);
  if (role.stage == "synthesis") return load_synthesizer(settings, role.engine);
  if (role.stage == "translation" && role.engine == "marian") return load_translator(settings);
  return fail(ErrorCode::kInvalid, "there is no engine {}:{}", role.stage, role.engine);
}

int threads_of(const Settings& settings, const EngineRole& role) {
  if (role.engine == "moonshine") return settings.recognition.moonshine.threads;
  if (role.engine == "whisper") return settings.recognition.whisper.threads;
  if (role.stage == "synthesis") return settings.synthesis.kokoro.threads;
  return 1;
}

}  // namespace parley::app
