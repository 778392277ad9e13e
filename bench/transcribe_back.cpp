// SPDX-License-Identifier: GPL-3.0-or-later
// How well synthesised speech is understood: twenty sentences in each language are spoken, by Kokoro in windows and by
// the whole graph, transcribed back, and the words compared.
//   bench_transcribe_back [RESULT.json] [--voice en=am_adam …] [--engine kokoro …]
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "give_up.h"
#include "recognition/registry.h"
#include "synthesis/registry.h"
#include "word_errors.h"

namespace {

using namespace parley;
using bench::give_up;
using bench::value_or_give_up;
using Samples = std::vector<std::int16_t>;

std::vector<std::string> read_sentences(std::string_view code) {
  std::ifstream file(fmt::format("{}/spoken-sentences-{}.txt", PARLEY_BENCH_DATA, code));
  std::vector<std::string> sentences;
  for (std::string line; std::getline(file, line);) sentences.push_back(line);
  if (sentences.empty()) give_up(fmt::format("there are no sentences for {} in " PARLEY_BENCH_DATA, code));
  return sentences;
}

std::string normalized(std::string_view code, std::string_view text) {
  return code == "pt" ? bench::normalized_portuguese(text) : bench::normalized_english(text);
}

Samples speak(const synthesis::Synthesizer& engine, const synthesis::SynthesisRequest& request) {
  const auto stream = value_or_give_up(engine.synthesize(request));
  Samples samples;
  for (Samples chunk = value_or_give_up(stream->next()); !chunk.empty(); chunk = value_or_give_up(stream->next())) {
    samples.insert(samples.end(), chunk.begin(), chunk.end());
  }
  return samples;
}

std::string hear(const recognition::Recognizer& recognizer, const Language& language, const Samples& samples) {
  auto stream = value_or_give_up(recognizer.open({"bench", "bench", language}));
  stream->feed(samples);
  return value_or_give_up(stream->finish()).text;
}

/// The engine, its voices measured: what is compared is what a caller hears once the daemon has run for a minute.
std::shared_ptr<const synthesis::Synthesizer> load(const std::string& name,
                                                   const std::vector<std::pair<Language, std::string>>& voices) {
  auto engine = value_or_give_up(synthesis::load_synthesizer({.engine = name, .kokoro = {}}));
  if (const auto kokoro = std::dynamic_pointer_cast<const synthesis::Kokoro>(engine)) {
    for (const auto& [language, voice] : voices) value_or_give_up(kokoro->measure_voice(voice, language));
  }
  return engine;
}

nlohmann::json measure(const synthesis::Synthesizer& synthesizer, const recognition::Recognizer& recognizer,
                       const Language& language, const std::string& voice) {
  bench::WordErrors all;
  nlohmann::json wrong = nlohmann::json::array();
  for (const auto& said : read_sentences(language.code())) {
    const auto heard = hear(recognizer, language, speak(synthesizer, {said, language, voice}));
    const auto errors = bench::count_word_errors(normalized(language.code(), said), normalized(language.code(), heard));
    all += errors;
    if (errors.errors > 0) wrong.push_back({{"errors", errors.errors}, {"said", said}, {"heard", heard}});
  }
  fmt::print("{:<13} {:<3} {:<12} heard by {:<10} {:>3} of {:>3} words wrong, {:.1f} %\n", synthesizer.name(),
             language.code(), voice, recognizer.name(), all.errors, all.words, all.rate() * 100.0);
  for (const auto& row : wrong)
    fmt::print("      said  {}\n      heard {}\n", row["said"].get<std::string>(), row["heard"].get<std::string>());
  std::fflush(stdout);
  return {{"engine", synthesizer.name()},
          {"language", language.code()},
          {"voice", voice},
          {"recognizer", recognizer.name()},
          {"words", all.words},
          {"errors", all.errors},
          {"rate", all.rate()},
          {"wrong", wrong}};
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path out = "build/bench/transcribe_back.json";
  std::vector<std::string> chosen;
  std::vector<std::string> engines{"kokoro", "kokoro-whole"};
  CLI::App app(
      "Speaks twenty sentences in English and in Portuguese, transcribes them back and counts the words that differ.");
  app.add_option("result", out, "Where the JSON goes")->capture_default_str();
  app.add_option("--engine", engines, "Synthesis engines to compare")->capture_default_str();
  app.add_option("--voice", chosen, "Voices to use as language=voice, in place of the default ones");
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));

  const std::vector<Language> languages{value_or_give_up(Language::parse("en")),
                                        value_or_give_up(Language::parse("pt"))};
  const auto recognizers = value_or_give_up(recognition::Recognizers::load({}, languages));
  std::vector<std::pair<Language, std::string>> voices;
  for (const auto& wish : chosen) {
    const std::size_t equals = std::min(wish.find('='), wish.size());
    const auto language = value_or_give_up(Language::parse(wish.substr(0, equals)));
    if (equals == wish.size() || std::ranges::find(languages, language) == languages.end())
      give_up(fmt::format("--voice {}: write en=VOICE or pt=VOICE", wish));
    voices.emplace_back(language, wish.substr(equals + 1));
  }
  if (voices.empty()) {
    const synthesis::KokoroConfig defaults;
    for (const auto& language : languages)
      voices.emplace_back(language, defaults.voices.at(std::string(language.code())));
  }

  nlohmann::json results = nlohmann::json::array();
  for (const auto& engine : engines) {
    const auto synthesizer = load(engine, voices);
    for (const auto& [language, voice] : voices) {
      results.push_back(measure(*synthesizer, *value_or_give_up(recognizers.for_language(language)), language, voice));
    }
  }
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << results.dump(2) << '\n';
}
