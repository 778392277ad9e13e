// SPDX-License-Identifier: GPL-3.0-or-later
// Speech recognition: words wrong on 75 telephone prompts that a person reads, and time for 1, 2, 4 and 8 s of speech.
//   bench_recognition [RESULT.json]
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "base/clock.h"
#include "base/paths.h"
#include "give_up.h"
#include "recognition/moonshine.h"
#include "recognition/whisper.h"
#include "recognition_material.h"
#include "word_errors.h"

namespace {

using namespace parley;
using bench::give_up;
using bench::value_or_give_up;
using recognition::Recognizer;
using Samples = std::vector<std::int16_t>;

struct Variant {
  std::string name;
  int runs;
  std::function<Result<std::unique_ptr<Recognizer>>()> load;
};

template <typename Engine>
Result<std::unique_ptr<Recognizer>> as_recognizer(Result<std::unique_ptr<Engine>> engine) {
  if (!engine) return std::unexpected(std::move(engine.error()));
  return std::unique_ptr<Recognizer>(std::move(*engine));
}

/// The first `seconds` of one long prompt without a long pause: "Welcome to the directory. Please enter the first three
/// letters of …"
Samples speech_of(const std::vector<bench::Spoken>& prompts, std::size_t seconds) {
  const auto prompt = std::ranges::find(prompts, "dir-intro", &bench::Spoken::name);
  if (prompt == prompts.end() || prompt->samples.size() < seconds * audio::kSampleRate)
    give_up("the prompt dir-intro is missing");
  return {prompt->samples.begin(), prompt->samples.begin() + static_cast<std::ptrdiff_t>(seconds * audio::kSampleRate)};
}

recognition::Transcript transcribe(const Recognizer& engine, const Samples& samples) {
  auto stream = value_or_give_up(engine.open({"bench", "bench", value_or_give_up(Language::parse("en"))}));
  stream->feed(samples);
  return value_or_give_up(stream->finish());
}

double resident_mb() {
  std::ifstream statm("/proc/self/statm");
  double pages = 0.0;
  double resident = 0.0;
  statm >> pages >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

nlohmann::json time_of(const Recognizer& engine, const Samples& speech, int runs) {
  std::vector<double> times;
  for (int run = 0; run < runs; ++run) {
    const auto start = SteadyClock::now();
    transcribe(engine, speech);
    times.push_back(elapsed_ms(start));
  }
  std::ranges::sort(times);
  return {{"min_ms", times.front()}, {"median_ms", times[times.size() / 2]}, {"runs", runs}};
}

nlohmann::json errors_of(const Recognizer& engine, const std::vector<bench::Spoken>& prompts) {
  bench::WordErrors all;
  nlohmann::json wrong = nlohmann::json::array();
  double least_confidence = 1.0;
  for (const auto& prompt : prompts) {
    const auto heard = transcribe(engine, prompt.samples);
    const auto errors =
        bench::count_word_errors(bench::normalized_english(prompt.text), bench::normalized_english(heard.text));
    all += errors;
    least_confidence = std::min(least_confidence, heard.confidence);
    if (errors.errors == 0) continue;
    wrong.push_back({{"prompt", prompt.name}, {"errors", errors.errors}, {"said", prompt.text}, {"heard", heard.text}});
  }
  return {{"prompts", prompts.size()},
          {"words", all.words},
          {"errors", all.errors},
          {"rate", all.rate()},
          {"least_confidence", least_confidence},
          {"wrong", wrong}};
}

nlohmann::json measure(const Variant& variant, const std::vector<bench::Spoken>& prompts) {
  const double before = resident_mb();
  const auto start = SteadyClock::now();
  const auto engine = value_or_give_up(variant.load());
  if (auto ok = engine->warm_up(); !ok) give_up(ok.error().message);
  nlohmann::json result{{"engine", variant.name}, {"load_ms", elapsed_ms(start)}};
  for (std::size_t seconds : {1U, 2U, 4U, 8U}) {
    result["latency"][fmt::format("{} s", seconds)] = time_of(*engine, speech_of(prompts, seconds), variant.runs);
  }
  result["word_errors"] = errors_of(*engine, prompts);
  result["resident_mb"] = resident_mb() - before;
  return result;
}

void print(const nlohmann::json& result) {
  fmt::print("{:<28}", result["engine"].get<std::string>());
  for (const auto& time : result["latency"]) {
    fmt::print(" {:>6.0f}/{:<6.0f}", time["min_ms"].get<double>(), time["median_ms"].get<double>());
  }
  fmt::print(" {:>5.1f} % {:>6.0f} MB\n", result["word_errors"]["rate"].get<double>() * 100.0,
             result["resident_mb"].get<double>());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : "build/bench/recognition.json";
  const auto models = default_model_directory();
  const auto prompts = bench::english_prompts();
  const auto whisper = [&](int threads, int window) {
    return [=] {
      return as_recognizer(
          recognition::Whisper::load({models / "whisper-base", threads, std::chrono::seconds(window), {}}));
    };
  };
  const std::vector<Variant> variants{
      {"moonshine, 1 thread", 15,
       [&] {
         return as_recognizer(recognition::Moonshine::load({models / "moonshine-base-en", 1, {}}));
       }},
      {"whisper 5 s, 1 thread", 9, whisper(1, 5)},
      {"whisper 15 s, 2 threads", 7, whisper(2, 15)},
      {"whisper 30 s, 2 threads", 5, whisper(2, 30)}};

  fmt::print("{:<28} {:>13} {:>13} {:>13} {:>13}\n", "min/median ms for speech of", "1 s", "2 s", "4 s", "8 s");
  nlohmann::json results = nlohmann::json::array();
  for (const auto& variant : variants) {
    results.push_back(measure(variant, prompts));
    print(results.back());
  }
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << results.dump(2) << '\n';
}
