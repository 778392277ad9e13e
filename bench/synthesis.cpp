// SPDX-License-Identifier: GPL-3.0-or-later
// Speech synthesis: time to the first sound and real-time factor of four phrases, with one and with two threads.
//   bench_synthesis [RESULT.json] [--runs N] [--threads N …] [--wav DIRECTORY]
#include <malloc.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "audio/wav.h"
#include "base/clock.h"
#include "base/log.h"
#include "synthesis/kokoro.h"

namespace {

using namespace parley;
using Samples = std::vector<std::int16_t>;

struct Phrase {
  const char* name;
  const char* language;
  const char* text;
};

constexpr Phrase kPhrases[] = {
    {"greeting", "pt", "Bom dia,"},
    {"clause", "pt", "Você pode me enviar"},
    {"question", "en", "Could you send me the address?"},
    {"sentence", "en", "I need to cancel my reservation because I am sick."},
};

struct Options {
  std::filesystem::path out = "build/bench/synthesis.json";
  std::filesystem::path wav;  // empty: none
  int runs = 15;
  std::vector<int> threads = {1, 2};
};

[[noreturn]] void give_up(const std::string& why) {
  fmt::print(stderr, "bench_synthesis: {}\n", why);
  std::exit(1);
}

template <typename T>
T value_or_give_up(Result<T> result) {
  if (!result) give_up(result.error().message);
  return std::move(*result);
}

double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0.0;
  double resident = 0.0;
  statm >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double percentile(std::vector<double> values, double fraction) {
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(fraction * static_cast<double>(values.size() - 1) + 0.5)];
}

struct Run {
  double first_ms = 0.0;
  double total_ms = 0.0;
  Samples samples;
};

Run speak(const synthesis::Synthesizer& engine, const Phrase& phrase) {
  const auto language = value_or_give_up(Language::parse(phrase.language));
  Run run;
  const auto start = SteadyClock::now();
  const auto stream = value_or_give_up(engine.synthesize({phrase.text, language, engine.default_voice(language)}));
  while (true) {
    const Samples chunk = value_or_give_up(stream->next());
    if (run.samples.empty()) run.first_ms = elapsed_ms(start);
    if (chunk.empty()) break;
    run.samples.insert(run.samples.end(), chunk.begin(), chunk.end());
  }
  run.total_ms = elapsed_ms(start);
  return run;
}

nlohmann::json measure(const synthesis::Synthesizer& engine, const Phrase& phrase, const Options& options) {
  std::vector<double> first;
  std::vector<double> total;
  Samples samples;
  for (int i = 0; i < options.runs; ++i) {
    Run run = speak(engine, phrase);
    first.push_back(run.first_ms);
    total.push_back(run.total_ms);
    samples = std::move(run.samples);
  }
  if (!options.wav.empty()) {
    const auto file = options.wav / fmt::format("{}-{}.wav", engine.name(), phrase.name);
    if (auto ok = audio::write_recording(file, samples); !ok) give_up(ok.error().message);
  }
  const double seconds = static_cast<double>(samples.size()) / audio::kSampleRate;
  return {{"text", phrase.text},
          {"seconds", seconds},
          {"first_pcm_ms",
           {{"min", std::ranges::min(first)}, {"p50", percentile(first, 0.5)}, {"p95", percentile(first, 0.95)}}},
          {"rtf", percentile(total, 0.5) / 1000.0 / seconds}};
}

nlohmann::json measure_engine(int threads, const Options& options) {
  malloc_trim(0);  // what an engine before this one has left
  const double before = resident_mb();
  const auto start = SteadyClock::now();
  const auto engine = value_or_give_up(synthesis::Kokoro::load({.threads = threads}));
  if (auto ok = engine->warm_up(); !ok) give_up(ok.error().message);
  nlohmann::json result{{"name", engine->name()}, {"threads", threads}, {"load_ms", elapsed_ms(start)}};
  for (const auto& phrase : kPhrases) {
    result["phrases"].push_back(measure(*engine, phrase, options));
    const auto& row = result["phrases"].back();
    const auto& first = row["first_pcm_ms"];
    fmt::print("{:<8} {} thread{} {:>7.0f} {:>7.0f} {:>7.0f} ms {:>6.2f} s {:>6.2f}  {}\n", engine->name(), threads,
               threads == 1 ? " " : "s", first["min"].get<double>(), first["p50"].get<double>(),
               first["p95"].get<double>(), row["seconds"].get<double>(), row["rtf"].get<double>(), phrase.text);
    std::fflush(stdout);
  }
  result["rss_mb"] = resident_mb() - before;
  fmt::print("{:<8} {} thread{} {:>7.0f} MB\n", engine->name(), threads, threads == 1 ? " " : "s",
             result["rss_mb"].get<double>());
  // The figures of the engine as a whole: of the first phrase, which a listener waits for, and of the longest.
  result["first_pcm_ms"] = result["phrases"].front()["first_pcm_ms"];
  result["rtf"] = result["phrases"].back()["rtf"];
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Measures speech synthesis: time to the first sound, and time per second of speech (silence around it not "
      "counted).");
  app.add_option("result", options.out, "Where the JSON goes")->capture_default_str();
  app.add_option("--runs", options.runs, "Runs of each phrase")->capture_default_str()->check(CLI::Range(1, 1000));
  app.add_option("--threads", options.threads, "Numbers of threads to measure")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--wav", options.wav, "Write the speech into this directory")->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  if (auto ok = set_up_logging("warning"); !ok) give_up(ok.error().message);

  fmt::print("{:<19} {:>7} {:>7} {:>7}    {:>8} {:>6}  phrase\n", "engine", "min", "p50", "p95", "speech", "rtf");
  nlohmann::json engines = nlohmann::json::array();
  for (const int threads : options.threads) engines.push_back(measure_engine(threads, options));
  std::filesystem::create_directories(options.out.has_parent_path() ? options.out.parent_path() : ".");
  std::ofstream(options.out) << nlohmann::json{{"engines", engines}}.dump(2) << '\n';
}
