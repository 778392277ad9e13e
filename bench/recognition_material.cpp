// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition_material.h"

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "audio/frame.h"
#include "audio/wav.h"
#include "base/paths.h"
#include "give_up.h"
#include "synthesis/registry.h"
#include "word_errors.h"

namespace parley::bench {
namespace {

using Samples = std::vector<std::int16_t>;

constexpr std::size_t kPause = audio::kSampleRate * 4 / 10;

Samples speak(const synthesis::Synthesizer& engine, const synthesis::SynthesisRequest& request) {
  const auto stream = value_or_give_up(engine.synthesize(request));
  Samples samples;
  for (Samples chunk = value_or_give_up(stream->next()); !chunk.empty(); chunk = value_or_give_up(stream->next()))
    samples.insert(samples.end(), chunk.begin(), chunk.end());
  return samples;
}

}  // namespace

std::vector<Spoken> english_prompts() {
  const auto sounds = cache_directory() / "sounds" / "en_US_f_Allison";
  std::ifstream list(PARLEY_BENCH_DATA "/prompts-en.tsv");
  std::vector<Spoken> prompts;
  for (std::string line; std::getline(list, line);) {
    const auto tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string::npos) continue;
    const std::string name = line.substr(0, tab);
    prompts.push_back({name, line.substr(tab + 1), value_or_give_up(audio::read_recording(sounds / (name + ".wav")))});
  }
  if (prompts.empty()) give_up("no prompts in " PARLEY_BENCH_DATA "/prompts-en.tsv");
  return prompts;
}

std::vector<Spoken> portuguese_sentences() {
  const auto directory = cache_directory() / "bench" / "spoken-pt";
  std::filesystem::create_directories(directory);
  std::ifstream list(PARLEY_BENCH_DATA "/spoken-sentences-pt.txt");
  std::vector<std::string> sentences;
  for (std::string line; std::getline(list, line);) sentences.push_back(line);
  std::shared_ptr<const synthesis::Synthesizer> kokoro;
  std::vector<Spoken> all;
  for (const char* voice : {"pf_dora", "pm_alex", "pm_santa"}) {
    for (std::size_t i = 0; i < sentences.size(); ++i) {
      const std::string name = fmt::format("{}-{}", voice, i + 1);
      const auto file = directory / (name + ".wav");
      if (!std::filesystem::exists(file)) {
        if (kokoro == nullptr)
          kokoro = value_or_give_up(synthesis::load_synthesizer({.engine = "kokoro-whole", .kokoro = {}}));
        const auto language = value_or_give_up(Language::parse("pt"));
        value_or_give_up(audio::write_recording(file, speak(*kokoro, {sentences[i], language, voice})));
      }
      all.push_back({name, sentences[i], value_or_give_up(audio::read_recording(file))});
    }
  }
  if (all.empty()) give_up("no sentences in " PARLEY_BENCH_DATA "/spoken-sentences-pt.txt");
  return all;
}

Spoken joined(std::span<const Spoken> parts, std::size_t seconds) {
  Spoken all;
  for (const auto& part : parts) {
    if (all.samples.size() >= seconds * audio::kSampleRate) break;
    if (!all.samples.empty()) all.samples.resize(all.samples.size() + kPause);
    all.samples.insert(all.samples.end(), part.samples.begin(), part.samples.end());
    all.text += (all.text.empty() ? "" : " ") + part.text;
    all.name += (all.name.empty() ? "" : "+") + part.name;
  }
  return all;
}

std::string comparable(std::string_view language, std::string_view text) {
  return language == "pt" ? normalized_portuguese(text) : normalized_english(text);
}

}  // namespace parley::bench
