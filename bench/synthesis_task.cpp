// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis_task.h"

#include <time.h>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "audio/frame.h"
#include "audio/wav.h"
#include "base/clock.h"
#include "base/paths.h"
#include "give_up.h"
#include "piper.h"
#include "synthesis/kokoro.h"
#include "synthesis/registry.h"

namespace parley::bench {
namespace {

using Engine = std::shared_ptr<const synthesis::Synthesizer>;

double process_cpu_ms() {
  timespec used{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

double resident_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0.0;
    if (word == "VmRSS:" && status >> kilobytes) return kilobytes * 1024 / 1e6;
  }
  return 0.0;
}

Engine load(const std::string& name, int threads) {
  if (name == "piper") {
    auto piper = value_or_give_up(load_piper(piper_directory(), threads));
    value_or_give_up(piper->warm_up());
    return piper;
  }
  // What voices are like is known from files: nothing is measured in the background meanwhile.
  return value_or_give_up(
      synthesis::load_synthesizer({.engine = name, .kokoro = {.threads = threads, .measure_voices = false}}));
}

struct Spoken {
  std::vector<std::int16_t> samples;
  nlohmann::json times;
};

Spoken speak(const synthesis::Synthesizer& engine, const nlohmann::json& phrase) {
  const auto language = value_or_give_up(Language::parse(phrase["language"].get<std::string>()));
  const synthesis::SynthesisRequest request{phrase["text"], language, engine.default_voice(language)};
  Spoken spoken;
  const auto start = SteadyClock::now();
  const double cpu_start = process_cpu_ms();
  const auto stream = value_or_give_up(engine.synthesize(request));
  while (true) {
    const auto chunk = value_or_give_up(stream->next());
    if (spoken.samples.empty()) {
      spoken.times["first_ms"] = elapsed_ms(start);
      spoken.times["first_cpu_ms"] = process_cpu_ms() - cpu_start;
    }
    if (chunk.empty()) break;
    spoken.samples.insert(spoken.samples.end(), chunk.begin(), chunk.end());
  }
  spoken.times["total_ms"] = elapsed_ms(start);
  spoken.times["total_cpu_ms"] = process_cpu_ms() - cpu_start;
  spoken.times["seconds"] = static_cast<double>(spoken.samples.size()) / audio::kSampleRate;
  return spoken;
}

}  // namespace

std::filesystem::path piper_directory() { return cache_directory() / "bench" / "piper-joe"; }

std::filesystem::path hibari_directory() { return cache_directory() / "bench" / "hibari"; }

nlohmann::json measure_synthesis(const nlohmann::json& task) {
  const std::filesystem::path wav = task["wav"].get<std::string>();
  const auto start = SteadyClock::now();
  const Engine engine = load(task["engine"], task["threads"]);
  nlohmann::json result{{"load_ms", elapsed_ms(start)}};
  for (const auto& phrase : task["warm_up"]) speak(*engine, phrase);
  for (int round = 0; round < task["rounds"]; ++round) {
    for (std::size_t i = 0; i < task["phrases"].size(); ++i) {
      Spoken spoken = speak(*engine, task["phrases"][i]);
      if (spoken.samples.empty()) give_up(fmt::format("\"{}\" gave no speech", task["phrases"][i]["text"].dump()));
      spoken.times["phrase"] = i;
      result["runs"].push_back(std::move(spoken.times));
      if (!wav.empty() && round == 0)
        value_or_give_up(audio::write_recording(wav / fmt::format("{:02}.wav", i + 1), spoken.samples));
    }
  }
  result["rss_mb"] = resident_mb();
  return result;
}

void measure_default_voices() {
  const auto kokoro = value_or_give_up(synthesis::Kokoro::load());
  for (const auto* code : {"en", "pt"}) {
    const auto language = value_or_give_up(Language::parse(code));
    value_or_give_up(kokoro->measure_voice(kokoro->default_voice(language), language));
  }
}

}  // namespace parley::bench
