// SPDX-License-Identifier: GPL-3.0-or-later
// How long the translation engine takes and how often it says what the reference says.
//   bench_translation [RESULT.json]
// One sentence of 5, 11 and 20 words each way, one thread, greedy; the model alone (text to text) for every instruction
// set of this machine, with the shortlist and the full vocabulary, in int8 and f32 (the baseline), and the whole
// translator with all that is around the model. Minimum and median over the runs of one process.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/paths.h"
#include "translation/marian_model.h"
#include "translation/marian_translator.h"
#include "translation/vocabulary.h"

namespace {

using namespace parley;
using namespace parley::translation;
using nlohmann::json;

constexpr int kRuns = 60;
constexpr int kFloatRuns = 10;

struct Sentence {
  int words;
  const char* text;
};

struct Pair {
  const char* pair;
  std::vector<Sentence> sentences;
};

const std::vector<Pair> kDirections{
    {"en-pt",
     {{5, "When will my order arrive?"},
      {11, "I'm calling because my internet has been down since yesterday evening."},
      {20, "Please give me your account number and I will call you back when I have spoken to my manager."}}},
    {"pt-en",
     {{5, "Quando chega o meu pedido?"},
      {11, "Estou ligando porque minha internet está fora do ar desde ontem."},
      {20, "Por favor me passe o número da sua conta e eu ligo de volta quando falar com o meu gerente."}}}};

struct Variant {
  kernels::Isa isa;
  MarianOptions options;
  int runs = kRuns;
};

std::string name_of(const Variant& variant) {
  const bool floats = variant.options.arithmetic == Arithmetic::kFloat32;
  return fmt::format("{} {} {}", to_string(variant.isa), floats ? "f32" : "int8",
                     variant.options.full_vocabulary ? "full" : "shortlist");
}

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::cpu_supports(isa)) continue;
    all.push_back({isa, {}});
    if (isa != kernels::best_isa()) continue;
    all.push_back({isa, {.full_vocabulary = true}});
    all.push_back({isa, {.arithmetic = Arithmetic::kFloat32}, kFloatRuns});
  }
  return all;
}

template <typename T>
T value_or_exit(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "bench_translation: {}\n", result.error().message);
    std::exit(1);
  }
  return std::move(*result);
}

json time_of(int runs, const std::function<void()>& run) {
  run();
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = SteadyClock::now();
    run();
    times.push_back(elapsed_ms(start));
  }
  std::ranges::sort(times);
  return {{"min_ms", times.front()}, {"median_ms", times[times.size() / 2]}};
}

MarianModel load(const std::string& pair, const Variant& variant) {
  setenv("PARLEY_KERNELS", std::string(to_string(variant.isa)).c_str(), 1);
  const auto directory = default_model_directory() / ("marian-" + pair);
  auto model = value_or_exit(MarianModel::load(directory / "model.bin", directory / "lex.bin", variant.options));
  unsetenv("PARLEY_KERNELS");
  return model;
}

int identical(const std::string& pair, const MarianModel& model) {
  std::ifstream file(std::filesystem::path(PARLEY_GOLDEN_DATA) / ("golden-" + pair + ".json"));
  MarianWorkspace workspace;
  int same = 0;
  for (const json& each : json::parse(file)) {
    const auto source = each["source_ids"].get<std::vector<std::uint32_t>>();
    const auto output = value_or_exit(model.translate({.source = source}, workspace));
    if (output.tokens == each["target_ids"].get<std::vector<std::uint32_t>>()) ++same;
  }
  return same;
}

json measure(const Pair& direction, const Variant& variant) {
  const auto start = SteadyClock::now();
  const MarianModel model = load(direction.pair, variant);
  json result{{"pair", direction.pair}, {"engine", name_of(variant)}, {"load_ms", elapsed_ms(start)}};
  const auto vocabulary = value_or_exit(
      Vocabulary::open(default_model_directory() / fmt::format("marian-{}", direction.pair) / "vocab.spm"));
  MarianWorkspace workspace;
  for (const Sentence& sentence : direction.sentences) {
    result["words"][std::to_string(sentence.words)] = time_of(variant.runs, [&] {
      const auto source = vocabulary.encode(sentence.text);
      vocabulary.decode(value_or_exit(model.translate({.source = source}, workspace)).tokens);
    });
  }
  result["identical_of_25"] = identical(direction.pair, model);
  return result;
}

json measure_translator(const Pair& direction, const MarianTranslator& translator) {
  json result{{"pair", direction.pair}, {"engine", "whole translator"}};
  const std::string pair = direction.pair;
  const LanguagePair languages{value_or_exit(Language::parse(pair.substr(0, 2))),
                               value_or_exit(Language::parse(pair.substr(3)))};
  for (const Sentence& sentence : direction.sentences) {
    result["words"][std::to_string(sentence.words)] = time_of(kRuns, [&] {
      value_or_exit(translator.translate({sentence.text, languages, {}}));
    });
  }
  return result;
}

void print(const json& result) {
  fmt::print("{} {:<24}", result["pair"].get<std::string>(), result["engine"].get<std::string>());
  for (const char* words : {"5", "11", "20"}) {
    const json& time = result["words"][words];
    fmt::print(" {:>7.2f} / {:<7.2f}", time["min_ms"].get<double>(), time["median_ms"].get<double>());
  }
  if (result.contains("identical_of_25")) fmt::print(" {}/25", result["identical_of_25"].get<int>());
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : "build/bench/translation.json";
  fmt::print("{:<30} {:>17} {:>17} {:>17} same as reference\n", "min / median ms", "5 words", "11 words", "20 words");
  json results = json::array();
  const auto translator = value_or_exit(MarianTranslator::load());
  for (const Pair& direction : kDirections) {
    for (const Variant& variant : variants()) {
      results.push_back(measure(direction, variant));
      print(results.back());
    }
    results.push_back(measure_translator(direction, *translator));
    print(results.back());
  }
  if (out.has_parent_path()) std::filesystem::create_directories(out.parent_path());
  std::ofstream(out) << results.dump(2) << "\n";
  return 0;
}
