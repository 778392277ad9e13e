// SPDX-License-Identifier: GPL-3.0-or-later
// Speech synthesis: time to the first sound, real-time factor and memory of our engines and two others on 40 telephone
// phrases, each engine in a process of its own.
//   bench_synthesis [RESULT.json] [--engine NAME …] [--threads N …] [--rounds N] [--kernels NAME] [--wav DIRECTORY]
#include <algorithm>
#include <filesystem>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/ranges.h>
#include <fmt/std.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/paths.h"
#include "child_process.h"
#include "give_up.h"
#include "kernels/cpu_features.h"
#include "results.h"
#include "synthesis_task.h"
#include "telephone_phrases.h"

namespace {

using namespace parley;
using namespace parley::bench;
using nlohmann::json;

constexpr milliseconds kMeasuringLimit{20 * 60 * 1000};

struct Engine {
  std::string name;    ///< Of its row.
  std::string engine;  ///< What the task calls it.
  Speaks speaks = Speaks::kBoth;
  std::string kernels;                    ///< $PARLEY_KERNELS for it; empty: ours.
  std::filesystem::path directory;        ///< What it cannot be measured without.
  std::vector<std::string> program = {};  ///< Empty: ours.
};

struct Options {
  std::filesystem::path out = "build/bench/synthesis.json";
  std::filesystem::path wav;  // empty: none
  std::vector<std::string> engines;
  std::vector<int> threads = {1, 2};
  int rounds = 2;
  std::string kernels;
  std::string child;  // "measure", "prepare": what this process does for the one that started it
};

std::vector<Engine> all_engines(const std::string& kernels) {
  const auto kokoro = default_model_directory() / "kokoro";
  const auto python = (cache_directory() / "venv" / "bin" / "python").string();
  std::vector<Engine> engines{
      {.name = "kokoro-whole", .engine = "kokoro-whole", .directory = kokoro},
      {.name = "kokoro", .engine = "kokoro", .directory = kokoro},
      {.name = "kokoro-avx2", .engine = "kokoro", .kernels = "avx2", .directory = kokoro},
      {.name = "hibari",
       .engine = "hibari",
       .speaks = Speaks::kEnglishOnly,
       .directory = hibari_directory(),
       .program = {python, PARLEY_BENCH_SCRIPTS "/hibari.py", hibari_directory().string()}},
      {.name = "piper", .engine = "piper", .speaks = Speaks::kEnglishOnly, .directory = piper_directory()},
  };
  // Whoever chooses kernels wants those in the place of both.
  if (!kernels.empty()) {
    engines[1].name = "kokoro-" + kernels;
    engines[1].kernels = kernels;
  }
  if (!kernels.empty() || !kernels::cpu_supports(kernels::Isa::kAvx2)) engines.erase(engines.begin() + 2);
  return engines;
}

/// The engines that were asked for and are there.
std::vector<Engine> chosen_engines(const Options& options) {
  auto engines = all_engines(options.kernels);
  for (const auto& wanted : options.engines) {
    if (std::ranges::find(engines, wanted, &Engine::name) != engines.end()) continue;
    std::vector<std::string> names;
    for (const auto& engine : engines) names.push_back(engine.name);
    give_up(fmt::format("there is no engine \"{}\"; there is {}", wanted, fmt::join(names, ", ")));
  }
  std::erase_if(engines, [&](const Engine& engine) {
    return !options.engines.empty() && std::ranges::find(options.engines, engine.name) == options.engines.end();
  });
  std::erase_if(engines, [&](const Engine& engine) {
    const bool missing = !std::filesystem::is_directory(engine.directory);
    if (missing)
      fmt::print(stderr, "{} is left out: {} is missing; run `scripts/setup/run bench`\n", engine.name,
                 engine.directory);
    return missing;
  });
  if (engines.empty()) give_up("there is nothing to measure");
  return engines;
}

std::string our_program() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

json to_json(const std::vector<TelephonePhrase>& phrases) {
  json list = json::array();
  for (const auto& phrase : phrases) list.push_back({{"language", phrase.language}, {"text", phrase.text}});
  return list;
}

/// The engine's answer to its task.
json measure(const Engine& engine, int threads, const Options& options) {
  // In a process of its own too: measuring a voice takes memory that does not come back. Before each measurement: were
  // the model's files exchanged meanwhile, it would be measured as an unknown voice, five times as slow.
  if (engine.engine == "kokoro")
    value_or_give_up(run_child({{our_program(), "--child", "prepare"}, {}, "", kMeasuringLimit}));
  json task{{"engine", engine.engine}, {"threads", threads}, {"rounds", options.rounds}, {"wav", ""}};
  task["phrases"] = to_json(telephone_phrases(engine.speaks));
  // Not in the list, and longer than all of it: front ends start, memory grows to what it will be.
  task["warm_up"] = to_json({{"en", "It is time to go home now, because the last train of the day leaves at eleven."}});
  if (engine.speaks == Speaks::kBoth)
    task["warm_up"] +=
        to_json({{"pt", "Está na hora de ir para casa, porque o último trem do dia sai às onze."}}).front();
  if (!options.wav.empty()) {
    const auto directory = options.wav / fmt::format("{}-{}", engine.name, threads);
    std::filesystem::create_directories(directory);
    task["wav"] = directory.string();
  }
  ChildCommand command{.arguments = engine.program,
                       .environment = {"PYTHONDONTWRITEBYTECODE=1"},
                       .input = task.dump(),
                       .limit = kMeasuringLimit};
  if (engine.program.empty()) command.arguments = {our_program(), "--child", "measure"};
  if (!engine.kernels.empty()) command.environment.push_back("PARLEY_KERNELS=" + engine.kernels);
  auto answer = json::parse(value_or_give_up(run_child(command)), nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object()) give_up(fmt::format("{} gave no result", engine.name));
  answer["phrases"] = std::move(task["phrases"]);
  return answer;
}

struct SpeechLength {
  double above = 0.0;  ///< Seconds.
  double up_to = 0.0;
};

json percentiles_of(const json& runs, const char* key, const SpeechLength& length) {
  std::vector<double> values;
  for (const auto& run : runs) {
    if (run["seconds"] > length.above && run["seconds"] <= length.up_to) values.push_back(run[key]);
  }
  if (values.empty()) return {};
  return {{"p50", percentile(values, 0.5)}, {"p95", percentile(values, 0.95)}, {"count", values.size()}};
}

double sum_of(const json& runs, const char* key) {
  double sum = 0.0;
  for (const auto& run : runs) sum += run[key].get<double>();
  return sum;
}

/// A row: percentiles over all phrases and rounds, and the phrases one by one.
json summarise(const Engine& engine, int threads, const json& answer) {
  constexpr SpeechLength kAny{0.0, 1e9};
  constexpr SpeechLength kTo2s{0.0, 2.0};
  constexpr SpeechLength kTo4s{2.0, 4.0};
  const auto& runs = answer["runs"];
  const double seconds = sum_of(runs, "seconds");
  json row{{"name", engine.name},
           {"threads", threads},
           {"first_pcm_ms", percentiles_of(runs, "first_ms", kAny)},
           {"first_pcm_ms_2s", percentiles_of(runs, "first_ms", kTo2s)},
           {"first_pcm_ms_4s", percentiles_of(runs, "first_ms", kTo4s)},
           {"first_pcm_cpu_ms", percentiles_of(runs, "first_cpu_ms", kAny)},
           {"first_pcm_cpu_ms_2s", percentiles_of(runs, "first_cpu_ms", kTo2s)},
           {"first_pcm_cpu_ms_4s", percentiles_of(runs, "first_cpu_ms", kTo4s)},
           {"rtf", sum_of(runs, "total_ms") / 1000.0 / seconds},
           {"cpu_rtf", sum_of(runs, "total_cpu_ms") / 1000.0 / seconds},
           {"speech_seconds", seconds},
           {"rss_mb", answer["rss_mb"]},
           {"load_ms", answer["load_ms"]}};
  for (auto run : runs) {
    const json& phrase = answer["phrases"][run["phrase"].get<std::size_t>()];
    run.update(phrase);
    run.erase("phrase");
    row["phrases"].push_back(std::move(run));
  }
  return row;
}

std::string milliseconds_or_dash(const json& percentiles, const char* key) {
  return percentiles.is_null() ? "-" : fmt::format("{:.0f}", percentiles[key].get<double>());
}

void print_head() {
  fmt::print("{:<14} {:>7} | {:^31} | {:^11} |\n", "", "", "first PCM, ms", "seconds per");
  fmt::print("{:<14} {:>7} | {:>5} {:>5}  {:>8} {:>9}  | {:^11} | {:>6}\n", "", "", "", "", "p95", "p95", "second of",
             "memory");
  fmt::print("{:<14} {:>7} | {:>5} {:>5}  {:>8} {:>9}  | {:>5} {:>5} | {:>6}\n", "engine", "threads", "p50", "p95",
             "to 2 s", "2 to 4 s", "wall", "CPU", "MB");
}

void print_row(const json& row) {
  const auto& first = row["first_pcm_ms"];
  fmt::print("{:<14} {:>7} | {:>5} {:>5}  {:>8} {:>9}  | {:>5.3f} {:>5.3f} | {:>6.0f}\n",
             row["name"].get<std::string>(), row["threads"].get<int>(), milliseconds_or_dash(first, "p50"),
             milliseconds_or_dash(first, "p95"), milliseconds_or_dash(row["first_pcm_ms_2s"], "p95"),
             milliseconds_or_dash(row["first_pcm_ms_4s"], "p95"), row["rtf"].get<double>(),
             row["cpu_rtf"].get<double>(), row["rss_mb"].get<double>());
  std::fflush(stdout);
}

void measure_all(const Options& options) {
  const auto engines = chosen_engines(options);
  print_head();
  json rows = json::array();
  for (const auto& engine : engines) {
    for (const int threads : options.threads) {
      rows.push_back(summarise(engine, threads, measure(engine, threads, options)));
      print_row(rows.back());
    }
  }
  fmt::print(
      "20 English and 20 Portuguese phrases, for hibari and piper 40 English ones; {} rounds. Silence around speech is "
      "not counted.\n",
      options.rounds);
  merge_results(options.out, {{"engines", rows}});
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Measures speech synthesis on 40 telephone phrases: time from the text to the first sound, time and CPU time per "
      "second of speech, memory.");
  app.add_option("result", options.out, "The JSON that gets the result under \"engines\"")->capture_default_str();
  app.add_option("--engine", options.engines,
                 "Engines to measure, by the names of their rows; all where none is given");
  app.add_option("--threads", options.threads, "Numbers of threads to measure")
      ->capture_default_str()
      ->check(CLI::Range(1, 64));
  app.add_option("--rounds", options.rounds, "Times that each phrase is spoken")
      ->capture_default_str()
      ->check(CLI::Range(1, 1000));
  app.add_option("--kernels", options.kernels, "Measure kokoro with these kernels only: portable, avx2 or avx512")
      ->envname("PARLEY_KERNELS");
  app.add_option("--wav", options.wav, "Write the speech into directories below this one")
      ->check(CLI::ExistingDirectory);
  app.add_option("--child", options.child)->group("");  // hidden
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));

  if (options.child == "measure") {
    std::cout << measure_synthesis(json::parse(std::cin)) << std::flush;
  } else if (options.child == "prepare") {
    measure_default_voices();
  } else {
    measure_all(options);
  }
}
