// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/registry.h"

#include <algorithm>

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

const std::string& own_engine(const RecognitionConfig& config, const Language& language) {
  const auto own = config.engines.find(std::string(language.code()));
  return own != config.engines.end() ? own->second : config.default_engine;
}

}  // namespace

Result<Engine> load_recognizer(const RecognitionConfig& config, const std::string& name) {
  auto engine = load_engine(config, name);
  if (!engine) return engine;
  if (auto ok = (*engine)->warm_up(); !ok) return std::unexpected(ok.error());
  return engine;
}

std::vector<std::string> engine_names(const RecognitionConfig& config, const Language& language,
                                      std::span<const Language> languages) {
  std::vector<std::string> names{own_engine(config, language)};
  const auto fallbacks = config.fallbacks.find(std::string(language.code()));
  if (fallbacks == config.fallbacks.end()) return names;
  for (const std::string& name : fallbacks->second) {
    const bool there =
        std::ranges::any_of(languages, [&](const Language& other) { return own_engine(config, other) == name; });
    if (there && std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return names;
}

Result<Recognizers> Recognizers::load(const RecognitionConfig& config, std::span<const Language> languages) {
  Recognizers recognizers;
  recognizers.config_ = config;
  recognizers.languages_.assign(languages.begin(), languages.end());
  for (const Language& language : languages) {
    for (const std::string& name : engine_names(config, language, languages)) {
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
  }
  return recognizers;
}

Result<Engine> Recognizers::for_language(const Language& language) const {
  const auto engine = engines_.find(own_engine(config_, language));
  if (engine != engines_.end() && engine->second->supports(language)) return engine->second;
  return fail(ErrorCode::kUnsupported, "no speech recogniser is loaded for the language \"{}\"", language.code());
}

std::vector<Engine> Recognizers::chain_for(const Language& language) const {
  std::vector<Engine> chain;
  if (!for_language(language)) return chain;
  for (const std::string& name : engine_names(config_, language, languages_)) chain.push_back(engines_.at(name));
  return chain;
}

}  // namespace parley::recognition
