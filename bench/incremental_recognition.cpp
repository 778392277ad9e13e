// SPDX-License-Identifier: GPL-3.0-or-later
// Recognition while somebody speaks: utterances are fed as they would arrive, with a hypothesis every 250 ms and one
// 100 ms after the voice stops. How long each takes, how soon words are settled, what it costs in words wrong.
//   bench_incremental_recognition [RESULT.json] [--only NAME …]
#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/paths.h"
#include "give_up.h"
#include "recognition/registry.h"
#include "recognition_material.h"
#include "results.h"
#include "word_errors.h"

namespace {

using namespace parley;
using bench::give_up;
using bench::Spoken;
using bench::value_or_give_up;
using recognition::Speech;
using recognition::Transcript;

constexpr std::size_t kSecond = audio::kSampleRate;
constexpr std::size_t kStep = kSecond / 4;
constexpr std::size_t kPause = kSecond / 10;

struct Variant {
  std::string name;
  std::string language;
  recognition::RecognitionConfig config;
  bool partials = true;
};

/// One utterance heard to its end.
struct Hearing {
  std::vector<double> partial_ms;
  double final_ms = 0.0;
  Transcript result;
  std::size_t changed = 0;  ///< Words of a hypothesis that the next had otherwise.
  std::vector<double>
      agreed_after_ms;  ///< For each word, from its end to the hypothesis that settled it, computing apart.
};

std::size_t words_changed(const Transcript& before, const Transcript& now) {
  std::size_t same = 0;
  while (same < before.words.size() && same < now.words.size() && before.words[same].text == now.words[same].text)
    ++same;
  return before.words.size() - same;
}

Hearing hear(recognition::RecognitionStream& stream, const Spoken& spoken, bool partials) {
  Hearing hearing;
  std::vector<double> settled_at;
  Transcript before;
  const std::span<const std::int16_t> speech = spoken.samples;
  std::size_t at = 0;
  while (at < speech.size()) {
    const std::size_t count = std::min(kStep, speech.size() - at);
    stream.feed(speech.subspan(at, count));
    at += count;
    if (!partials || at == speech.size()) continue;
    const auto start = SteadyClock::now();
    auto now = value_or_give_up(stream.hypothesis(Speech::kGoesOn));
    hearing.partial_ms.push_back(elapsed_ms(start));
    hearing.changed += words_changed(before, now);
    settled_at.resize(std::max(settled_at.size(), now.agreed), static_cast<double>(at) * 1e3 / kSecond);
    before = std::move(now);
  }
  stream.feed(std::vector<std::int16_t>(kPause));
  const auto start = SteadyClock::now();
  value_or_give_up(stream.hypothesis(Speech::kPaused));
  hearing.final_ms = elapsed_ms(start);
  hearing.result = value_or_give_up(stream.finish());
  hearing.changed += words_changed(before, hearing.result);
  for (std::size_t i = 0; i < settled_at.size() && i < hearing.result.words.size(); ++i)
    hearing.agreed_after_ms.push_back(settled_at[i] - static_cast<double>(hearing.result.words[i].end.count()));
  return hearing;
}

nlohmann::json spread(std::vector<double> values) {
  if (values.empty()) return nullptr;
  return {{"min", bench::percentile(values, 0.0)},
          {"p50", bench::percentile(values, 0.5)},
          {"p95", bench::percentile(values, 0.95)},
          {"max", bench::percentile(values, 1.0)}};
}

nlohmann::json measure_utterances(recognition::RecognitionStream& stream, const std::vector<Spoken>& material,
                                  const Variant& variant) {
  bench::WordErrors errors;
  std::vector<double> partials;
  std::vector<double> finals;
  std::vector<double> agreed;
  std::size_t changed = 0;
  std::size_t words = 0;
  nlohmann::json wrong = nlohmann::json::array();
  for (const auto& spoken : material) {
    const auto hearing = hear(stream, spoken, variant.partials);
    const auto count = bench::count_word_errors(bench::comparable(variant.language, spoken.text),
                                                bench::comparable(variant.language, hearing.result.text));
    errors += count;
    partials.insert(partials.end(), hearing.partial_ms.begin(), hearing.partial_ms.end());
    finals.push_back(hearing.final_ms);
    agreed.insert(agreed.end(), hearing.agreed_after_ms.begin(), hearing.agreed_after_ms.end());
    changed += hearing.changed;
    words += hearing.result.words.size();
    if (count.errors > 0)
      wrong.push_back(
          {{"name", spoken.name}, {"errors", count.errors}, {"said", spoken.text}, {"heard", hearing.result.text}});
  }
  return {{"utterances", material.size()},
          {"words", errors.words},
          {"errors", errors.errors},
          {"error_rate", errors.rate()},
          {"partial_ms", spread(partials)},
          {"final_ms", spread(finals)},
          {"agreed_after_ms", spread(agreed)},
          {"agreed_share", static_cast<double>(agreed.size()) / static_cast<double>(words)},
          {"erasure", static_cast<double>(changed) / static_cast<double>(words)},
          {"wrong", wrong}};
}

/// The cost of a hypothesis by how much was said before it; each the least and the median of several runs.
nlohmann::json measure_growth(recognition::RecognitionStream& stream, const Spoken& monologue, int runs) {
  std::map<std::size_t, std::vector<double>> times;
  for (int run = 0; run < runs; ++run) {
    const auto hearing = hear(stream, monologue, true);
    for (const std::size_t seconds : {1U, 2U, 4U, 8U, 12U, 20U, 28U}) {
      // A second around it: a cut makes one hypothesis cheaper or dearer than the next.
      for (std::size_t i = 4 * seconds - 3; i <= 4 * seconds && i < hearing.partial_ms.size(); ++i)
        times[seconds].push_back(hearing.partial_ms[i]);
    }
  }
  nlohmann::json result = nlohmann::json::array();
  for (const auto& [seconds, values] : times) {
    result.push_back(spread(values));
    result.back()["seconds"] = seconds;
  }
  return result;
}

void print(const nlohmann::json& r) {
  const auto number = [&](const char* group, const char* what) {
    return r[group].is_null() ? 0.0 : r[group][what].get<double>();
  };
  fmt::print("{:<40} {:>5.1f} % {:>5.0f}/{:<5.0f} {:>5.0f}/{:<5.0f} {:>5.0f}/{:<5.0f} {:>5.2f}",
             r["variant"].get<std::string>(), r["error_rate"].get<double>() * 100.0, number("final_ms", "p50"),
             number("final_ms", "p95"), number("partial_ms", "p50"), number("partial_ms", "p95"),
             number("agreed_after_ms", "p50"), number("agreed_after_ms", "p95"), r["erasure"].get<double>());
  for (const auto& time : r.value("growth", nlohmann::json::array()))
    fmt::print(" {:>4.0f}", time["p50"].get<double>());
  fmt::print("   long: {} of {}\n", r["monologues"]["errors"].get<int>(), r["monologues"]["words"].get<int>());
  std::fflush(stdout);
}

std::vector<Variant> variants() {
  const auto english = [](std::string name, auto change) {
    Variant variant{std::move(name), "en", {}};
    change(variant);
    return variant;
  };
  const auto portuguese = [](std::string name, auto change) {
    Variant variant{std::move(name), "pt", {}};
    change(variant);
    return variant;
  };
  const auto whole = [](Variant& v) { v.partials = false; };
  const auto baseline = [](Variant& v) {
    v.partials = false;
    v.config.whisper.threads = 2;
    v.config.whisper.window = std::chrono::seconds(15);
  };
  const auto no_draft = [](Variant& v) { v.config.stream.draft = false; };
  const auto no_cuts = [](Variant& v) { v.config.stream.cut_after = std::chrono::seconds(0); };
  const auto window = [](int seconds) {
    return [seconds](Variant& v) { v.config.whisper.window = std::chrono::seconds(seconds); };
  };
  const auto whole_window = [](int seconds) {
    return [seconds](Variant& v) {
      v.partials = false;
      v.config.whisper.window = std::chrono::seconds(seconds);
    };
  };
  return {english("moonshine, whole utterances", whole),
          english("moonshine", [](Variant&) {}),
          english("moonshine, no draft", no_draft),
          english("moonshine, not cut", no_cuts),
          portuguese("whisper pt, whole, 15 s, 2 threads", baseline),
          portuguese("whisper pt, whole, 5 s", whole_window(5)),
          portuguese("whisper pt, whole, 6 s", whole_window(6)),
          portuguese("whisper pt, whole, 8 s", whole_window(8)),
          portuguese("whisper pt", [](Variant&) {}),
          portuguese("whisper pt, 6 s", window(6)),
          portuguese("whisper pt, 8 s", window(8)),
          portuguese("whisper pt, no draft", no_draft),
          portuguese("whisper pt, not cut", no_cuts),
          english("whisper en, whole, 15 s",
                  [&](Variant& v) {
                    whole_window(15)(v);
                    v.config.engines.clear();
                  }),
          english("whisper en, whole, 5 s",
                  [&](Variant& v) {
                    whole_window(5)(v);
                    v.config.engines.clear();
                  }),
          english("whisper en, whole, 6 s",
                  [&](Variant& v) {
                    whole_window(6)(v);
                    v.config.engines.clear();
                  }),
          english("whisper en, whole, 8 s",
                  [&](Variant& v) {
                    whole_window(8)(v);
                    v.config.engines.clear();
                  }),
          english("whisper en", [](Variant& v) { v.config.engines.clear(); })};
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path out = "build/bench/incremental_recognition.json";
  std::vector<std::string> only;
  int runs = 3;
  std::size_t every = 1;
  CLI::App app("Feeds speech as it arrives and measures the hypotheses.");
  app.add_option("result", out, "Where the JSON goes")->capture_default_str();
  app.add_option("--only", only, "Variants to measure, by their whole names");
  app.add_option("--runs", runs, "Runs of the monologue")->capture_default_str()->check(CLI::Range(1, 100));
  app.add_option("--every", every, "Only every so manieth utterance, to be quicker")->check(CLI::Range(1, 100));
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));

  std::map<std::string, std::vector<Spoken>> utterances;
  std::map<std::string, std::vector<Spoken>> monologues;
  utterances["en"] = bench::english_prompts();
  utterances["pt"] = bench::portuguese_sentences();
  for (auto& [language, material] : utterances) {
    for (std::size_t i = 0; i + 20 <= material.size(); i += 20 * every)
      monologues[language].push_back(bench::joined(std::span(material).subspan(i, 20), 32));
    std::erase_if(material, [](const Spoken& spoken) {
      return spoken.samples.size() < kSecond || spoken.samples.size() > 12 * kSecond;
    });
    std::size_t count = 0;
    std::erase_if(material, [&](const Spoken&) { return count++ % every != 0; });
  }

  fmt::print("{:<40} {:>7} {:>11} {:>11} {:>11} {:>5} ms p50 at 1 2 4 8 12 20 28 s; 30 s: words wrong\n", "", "wrong",
             "final", "partial", "agreed", "erase");
  fmt::print("{:<40} {:>7} {:>11} {:>11} {:>11}\n", "", "words", "p50/p95 ms", "p50/p95 ms", "p50/p95 ms");
  nlohmann::json results = nlohmann::json::array();
  for (const auto& variant : variants()) {
    if (!only.empty() && std::ranges::find(only, variant.name) == only.end()) continue;
    const std::vector languages{value_or_give_up(Language::parse(variant.language))};
    const auto recognizers = value_or_give_up(recognition::Recognizers::load(variant.config, languages));
    const auto recognizer = value_or_give_up(recognizers.for_language(languages.front()));
    const auto stream = value_or_give_up(recognizer->open({"bench", "bench", languages.front()}));
    auto result = measure_utterances(*stream, utterances[variant.language], variant);
    result["variant"] = variant.name;
    result["monologues"] = measure_utterances(*stream, monologues[variant.language], variant);
    if (variant.partials) result["growth"] = measure_growth(*stream, monologues[variant.language].front(), runs);
    print(result);
    results.push_back(std::move(result));
  }
  bench::merge_results(out, {{"incremental_recognition", results}});
}
