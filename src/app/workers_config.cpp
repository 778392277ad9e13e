// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/workers_config.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "app/executor_threads.h"
#include "recognition/registry.h"

namespace parley::app {
namespace {

constexpr const char* kTranslator = "marian";

/// The engines' names by language, in the order in which they are tried.
std::map<Language, std::vector<std::string>> recognizer_names(const Settings& settings) {
  std::map<Language, std::vector<std::string>> names;
  for (const auto& language : settings.languages)
    names[language] = recognition::engine_names(settings.recognition, language, settings.languages);
  return names;
}

}  // namespace

workers::WorkersConfig workers_config(const Settings& settings, const std::filesystem::path& file) {
  workers::WorkersConfig config{
      .supervision = settings.supervision,
      .config_file = file,
      .threads = executor_threads(settings),
      .engine_threads = std::max({settings.recognition.moonshine.threads, settings.recognition.whisper.threads,
                                  settings.synthesis.kokoro.threads}),
      .data = settings.data,
      .languages = settings.languages,
      .translation = {kTranslator},
  };
  std::map<std::string, std::vector<Language>> hear;
  for (const auto& [language, engines] : recognizer_names(settings)) {
    for (const auto& engine : engines) hear[engine].push_back(language);
  }
  for (const auto& [engine, languages] : hear) config.recognition.push_back({engine, languages});
  config.synthesis.push_back({settings.synthesis.engine, settings.synthesis.kokoro.voices});
  if (!settings.fallback_synthesizer.empty()) config.synthesis.push_back({settings.fallback_synthesizer, {}});
  return config;
}

void use_workers(const workers::Workers& workers, const Settings& settings, call::Engines& engines) {
  for (const auto& [language, names] : recognizer_names(settings)) {
    for (const auto& name : names) engines.recognizers[language].push_back(workers.recognizer(name));
  }
  engines.translators = {workers.translator(kTranslator)};
  engines.synthesizers = {workers.synthesizer(settings.synthesis.engine)};
  if (!settings.fallback_synthesizer.empty())
    engines.synthesizers.push_back(workers.synthesizer(settings.fallback_synthesizer));
}

}  // namespace parley::app
