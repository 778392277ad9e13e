// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/registry.h"

#include "base/paths.h"

namespace parley::recognition {
namespace {

using Engine = std::shared_ptr<const Recognizer>;

template <typename Config>
Config completed(Config config, const StreamOptions& stream, const char* name) {
  config.stream = stream;
  if (config.directory.empty()) config.directory = default_model_directory() / name;
  return config;
}

template <typename T>
Result<Engine> shared(Result<std::unique_ptr<T>> engine) {
  if (!engine) return std::unexpected(std::move(engine.error()));
  return Engine(std::move(*engine));
}

Result<Engine> load_engine(const RecognitionConfig& config, const std::string& name) {
  if (name == "moonshine")
    return shared(Moonshine::load(completed(config.moonshine, config.stream, "moonshine-base-en")));
  if (name == "whisper") return shared(Whisper::load(completed(config.whisper, config.stream, "whisper-base")));
  return fail(ErrorCode::kInvalid, "there is no speech recogniser \"{}\": choose moonshine or whisper", name);
}

const std::string& engine_name(const RecognitionConfig& config, const Language& language) {
  const auto own = config.engines.find(std::string(language.code()));
  return own != config.engines.end() ? own->second : config.default_engine;
}

}  // namespace

Result<Recognizers> Recognizers::load(const RecognitionConfig& config, std::span<const Language> languages) {
  Recognizers recognizers;
  recognizers.config_ = config;
  for (const Language& language : languages) {
    const std::string& name = engine_name(config, language);
    Engine& engine = recognizers.engines_[name];
    if (engine == nullptr) {
      auto loaded = load_engine(config, name);
      if (!loaded) return std::unexpected(loaded.error());
      engine = std::move(*loaded);
      if (auto ok = engine->warm_up(); !ok) return std::unexpected(ok.error());
    }
    if (!engine->supports(language)) {
      return fail(ErrorCode::kUnsupported, "the speech recogniser {} does not know the language \"{}\"", name,
                  language.code());
    }
  }
  return recognizers;
}

Result<Engine> Recognizers::for_language(const Language& language) const {
  const auto engine = engines_.find(engine_name(config_, language));
  if (engine != engines_.end() && engine->second->supports(language)) return engine->second;
  return fail(ErrorCode::kUnsupported, "no speech recogniser is loaded for the language \"{}\"", language.code());
}

}  // namespace parley::recognition
