// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/workers.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/paths.h"
#include "workers/pool.h"
#include "workers/remote_recognizer.h"
#include "workers/remote_synthesizer.h"
#include "workers/remote_translator.h"

namespace parley::workers {
namespace {

/// The synthesiser that makes a phrase at once.
constexpr std::string_view kWholePhrases = "kokoro-whole";

Result<std::filesystem::path> find_program(const WorkersConfig& config) {
  std::error_code error;
  const auto program = config.program.empty()
                           ? std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / "parley-engine"
                           : config.program;
  if (std::filesystem::is_regular_file(program, error)) return program;
  return fail(ErrorCode::kNotFound, "the program {} is missing: build it, or install it beside parleyd",
              program.string());
}

Result<RemoteTranslator::Rules> load_rules(const WorkersConfig& config) {
  RemoteTranslator::Rules rules;
  const auto data = config.data.empty() ? default_data_directory() : config.data;
  for (const auto& language : config.languages) {
    auto loaded = translation::LanguageRules::load(data, language);
    if (!loaded) return std::unexpected(loaded.error());
    rules[language] = std::move(*loaded);
  }
  return rules;
}

Pool::Setup setup_of(std::string role, const WorkersConfig& config, Program program, Workers::OnReady on_ready) {
  program.arguments = {"--role", role, "--threads", std::to_string(config.threads)};
  if (program.config >= 0) {
    program.arguments.emplace_back("--config");
    program.arguments.emplace_back("/proc/self/fd/" + std::to_string(kChildConfig));
  }
  return {.name = std::move(role),
          .program = std::move(program),
          .supervision = config.supervision,
          .engine_threads = config.engine_threads,
          .on_ready = std::move(on_ready)};
}

template <typename Engines>
auto find_in(const Engines& engines, std::string_view name) {
  const auto found = engines.find(name);
  return found == engines.end() ? nullptr : found->second;
}

}  // namespace

Result<std::unique_ptr<Workers>> Workers::start(const WorkersConfig& config, telemetry::Health& health,
                                                OnReady on_ready) {
  if (auto valid = config.supervision.validate(); !valid) return std::unexpected(valid.error());
  auto program = find_program(config);
  if (!program) return std::unexpected(program.error());
  auto rules = load_rules(config);
  if (!rules) return std::unexpected(rules.error());
  std::unique_ptr<Workers> workers(new Workers);
  if (!config.config_file.empty()) {
    auto copy = copy_in_memory(config.config_file);
    if (!copy) return std::unexpected(copy.error());
    workers->config_ = std::move(*copy);
  }
  const Program basis{.file = *program, .arguments = {}, .config = workers->config_.get()};
  const auto add = [&](const char* stage, const std::string& engine) {
    auto setup = setup_of(fmt::format("{}:{}", stage, engine), config, basis, on_ready);
    return workers->pools_.emplace_back(std::make_shared<Pool>(std::move(setup), health));
  };
  try {
    for (const auto& [engine, languages] : config.recognition)
      workers->recognizers_[engine] = std::make_shared<RemoteRecognizer>(engine, add("recognition", engine), languages);
    for (const auto& engine : config.translation)
      workers->translators_[engine] = std::make_shared<RemoteTranslator>(engine, add("translation", engine), *rules);
    const auto& limits = config.supervision.limits;
    for (auto [engine, voices] : config.synthesis) {
      // Where none is chosen the engine will; until it is there any language may be one of its.
      for (const auto& language : voices.empty() ? config.languages : std::vector<Language>())
        voices[std::string(language.code())];
      const auto limit = engine == kWholePhrases ? limits.synthesis_whole : limits.synthesis;
      workers->synthesizers_[engine] =
          std::make_shared<RemoteSynthesizer>(engine, add("synthesis", engine), std::move(voices), limit);
    }
  } catch (const std::system_error& error) {
    return fail(ErrorCode::kUnavailable, "the engines' processes cannot be looked after: {}", error.what());
  }
  return workers;
}

Workers::Workers() = default;

Workers::~Workers() { stop(); }

std::shared_ptr<const recognition::Recognizer> Workers::recognizer(std::string_view engine) const {
  return find_in(recognizers_, engine);
}

std::shared_ptr<const translation::Translator> Workers::translator(std::string_view engine) const {
  return find_in(translators_, engine);
}

std::shared_ptr<const synthesis::Synthesizer> Workers::synthesizer(std::string_view engine) const {
  return find_in(synthesizers_, engine);
}

std::vector<telemetry::EngineStatus> Workers::status() const {
  std::vector<telemetry::EngineStatus> all;
  for (const auto& pool : pools_) all.push_back(pool->status());
  return all;
}

void Workers::stop() {
  for (const auto& pool : pools_) pool->begin_to_stop();
  for (const auto& pool : pools_) pool->stop();
}

}  // namespace parley::workers
