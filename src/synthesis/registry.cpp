// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/registry.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "synthesis/espeak_synthesizer.h"
#include "synthesis/kokoro_whole.h"

namespace parley::synthesis {
namespace {

struct Engine {
  std::string_view name;
  Result<std::shared_ptr<const Synthesizer>> (*load)(const SynthesisConfig&);
};

constexpr std::array kEngines = {
    Engine{"kokoro",
           [](const SynthesisConfig& config) -> Result<std::shared_ptr<const Synthesizer>> {
             return Kokoro::load(config.kokoro);
           }},
    Engine{"kokoro-whole",
           [](const SynthesisConfig& config) -> Result<std::shared_ptr<const Synthesizer>> {
             return KokoroWhole::load(config.kokoro);
           }},
    Engine{
        "espeak",
        [](const SynthesisConfig&) -> Result<std::shared_ptr<const Synthesizer>> { return EspeakSynthesizer::load(); }},
};

}  // namespace

Result<std::shared_ptr<const Synthesizer>> load_synthesizer(const SynthesisConfig& config) {
  const auto engine = std::ranges::find(kEngines, config.engine, &Engine::name);
  if (engine == kEngines.end()) {
    std::vector<std::string_view> names;
    for (const auto& known : kEngines) names.push_back(known.name);
    return fail(ErrorCode::kInvalid, "there is no synthesis engine \"{}\"; there is {}", config.engine,
                fmt::join(names, ", "));
  }
  auto synthesizer = engine->load(config);
  if (!synthesizer) return synthesizer;
  if (auto ok = (*synthesizer)->warm_up(); !ok) return std::unexpected(ok.error());
  return synthesizer;
}

}  // namespace parley::synthesis
