// SPDX-License-Identifier: GPL-3.0-or-later
// What may be spoken while somebody still speaks, and what it costs in quality: commit policies over telephone
// sentences of several clauses, heard word by word through a simulated recogniser.
//   bench_incremental_translation [RESULT.json]
// A row a policy and direction: how far the translation lags (LAAL, Papi et al. 2022, in source words and in ms at 150
// words a minute, without endpoint and engines), chrF against the whole-sentence translation and against references,
// after how many source words the first is said (the median), commits a sentence, how much of the captions was taken
// back (normalised erasure), and what an update takes of a core.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include "chrf.h"
#include "give_up.h"
#include "results.h"
#include "simulated_hearing.h"
#include "translation/incremental_translation.h"
#include "translation/marian_translator.h"
#include "translation/text.h"

namespace {

using namespace parley;
using namespace parley::bench;
using namespace parley::translation;
using nlohmann::json;

constexpr double kWordMs = 400.0;  // 150 words a minute
constexpr unsigned kHearings = 2;  // each sentence is misheard in so many ways

struct Line {
  std::string source;
  std::string reference;
};

/// What this thread has had of a core: other programs on the machine do not count.
double thread_ms() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) * 1e-6;
}

/// How one hearing of a sentence went.
struct Outcome {
  std::string said;
  std::vector<std::size_t> delays;  ///< Per target word: source words heard when it was said.
  std::size_t source_words = 0;
  std::size_t commits = 0;
  std::size_t erased = 0;  ///< Caption words that were shown and changed.
  std::size_t shown = 0;   ///< Of the final caption.
  std::vector<double> times_ms;

  void say(std::string_view words, std::size_t heard) {
    if (words.empty()) return;
    said.append(said.empty() ? "" : " ").append(words);
    delays.resize(spaced_words(said).size(), heard);
    ++commits;
  }
};

using Interpreter = std::function<Outcome(const MarianTranslator&, const LanguagePair&, const std::vector<HeardText>&)>;

std::vector<Line> read_lines(const std::string& pair) {
  const auto path = std::filesystem::path(PARLEY_BENCH_DATA) / ("incremental-" + pair + ".tsv");
  std::ifstream file(path);
  std::vector<Line> lines;
  for (std::string line; std::getline(file, line);) {
    const auto tab = line.find('\t');
    if (tab == std::string::npos) give_up(path.string() + ": a line without a reference");
    lines.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  if (lines.empty()) give_up(path.string() + " cannot be read");
  return lines;
}

/// Words of `before` that are not where they were.
std::size_t erased_words(std::string_view before, std::string_view after) {
  const auto old_words = spaced_words(before);
  const auto new_words = spaced_words(after);
  const auto [old_end, new_end] = std::ranges::mismatch(old_words, new_words);
  return static_cast<std::size_t>(old_words.end() - old_end);
}

Interpreter by_policy(const CommitPolicy& policy) {
  return [policy](const MarianTranslator& translator, const LanguagePair& pair, const std::vector<HeardText>& updates) {
    Outcome outcome{.source_words = updates.size()};
    IncrementalTranslation translation(translator, pair, policy);
    std::string caption;
    for (std::size_t i = 0; i < updates.size(); ++i) {
      const double start = thread_ms();
      const auto step = value_or_give_up(translation.consider(updates[i]));
      outcome.times_ms.push_back(thread_ms() - start);
      translation.accept(step);
      outcome.say(step.say, i + 1);
      outcome.erased += erased_words(caption, step.caption);
      caption = step.caption;
    }
    outcome.shown = spaced_words(caption).size();
    return outcome;
  };
}

/// What the translations of the last two updates have in common is said (Liu et al. 2020).
Interpreter local_agreement() {
  return [](const MarianTranslator& translator, const LanguagePair& pair, const std::vector<HeardText>& updates) {
    Outcome outcome{.source_words = updates.size()};
    std::vector<std::string> before;
    for (std::size_t i = 0; i < updates.size(); ++i) {
      const double start = thread_ms();
      const auto translated = value_or_give_up(translator.translate({updates[i].text, pair, outcome.said}));
      outcome.times_ms.push_back(thread_ms() - start);
      std::vector<std::string> words;
      for (const auto word : spaced_words(translated.text)) words.emplace_back(word);
      std::size_t common = 0;
      while (common < std::min(words.size(), before.size()) && words[common] == before[common]) ++common;
      if (updates[i].complete) common = words.size();
      std::string say;
      for (std::size_t at = outcome.delays.size(); at < common; ++at) say += (say.empty() ? "" : " ") + words[at];
      outcome.say(say, i + 1);
      before = std::move(words);
    }
    outcome.shown = outcome.delays.size();  // it has no captions
    return outcome;
  };
}

/// Length-adaptive average lagging in source words.
double laal(const Outcome& outcome, std::size_t reference_words) {
  const auto source = static_cast<double>(outcome.source_words);
  const auto target = static_cast<double>(std::max(outcome.delays.size(), reference_words));
  double sum = 0.0;
  std::size_t counted = 0;
  for (const std::size_t delay : outcome.delays) {
    sum += static_cast<double>(delay) - static_cast<double>(counted) * source / target;
    ++counted;
    if (delay >= outcome.source_words) break;
  }
  return counted == 0 ? 0.0 : sum / static_cast<double>(counted);
}

json measure(const std::string& name, const Interpreter& interpret, const MarianTranslator& translator,
             const std::string& pair, const std::vector<Line>& lines) {
  const LanguagePair languages{*Language::parse(pair.substr(0, 2)), *Language::parse(pair.substr(3, 2))};
  ChrF against_whole;
  ChrF against_reference;
  std::vector<double> lags;
  std::vector<double> times;
  std::vector<double> onsets;
  double commits = 0;
  double erased = 0;
  double shown = 0;
  for (const Line& line : lines) {
    const std::string whole = value_or_give_up(translator.translate({line.source, languages, {}})).text;
    for (unsigned seed = 0; seed < kHearings; ++seed) {
      const Outcome outcome = interpret(translator, languages, hear(line.source, seed));
      against_whole.add(outcome.said, whole);
      against_reference.add(outcome.said, line.reference);
      lags.push_back(laal(outcome, spaced_words(line.reference).size()));
      onsets.push_back(static_cast<double>(outcome.delays.front()));
      commits += static_cast<double>(outcome.commits);
      erased += static_cast<double>(outcome.erased);
      shown += static_cast<double>(outcome.shown);
      times.insert(times.end(), outcome.times_ms.begin(), outcome.times_ms.end());
    }
  }
  const auto hearings = static_cast<double>(lags.size());
  const double lag = std::accumulate(lags.begin(), lags.end(), 0.0) / hearings;
  json row{{"policy", name},
           {"pair", pair},
           {"laal_words", lag},
           {"laal_ms", lag * kWordMs},
           {"onset_words_p50", percentile(onsets, 0.5)},
           {"chrf_whole", against_whole.score()},
           {"chrf_reference", against_reference.score()},
           {"commits", commits / hearings},
           {"normalised_erasure", erased / shown},
           {"update_core_ms_p50", percentile(times, 0.5)},
           {"update_core_ms_p95", percentile(times, 0.95)},
           {"update_core_ms_max", percentile(times, 1.0)}};
  fmt::print("{:31} {:5} | {:5.2f} {:5.0f} {:5.0f} | {:5.1f} {:5.1f} | {:4.1f} {:4.2f} | {:.1f} / {:.1f} / {:.1f}\n",
             name, pair, lag, lag * kWordMs, percentile(onsets, 0.5), against_whole.score(), against_reference.score(),
             commits / hearings, erased / shown, percentile(times, 0.5), percentile(times, 0.95),
             percentile(times, 1.0));
  std::fflush(stdout);
  return row;
}

std::vector<std::pair<std::string, Interpreter>> rows() {
  std::vector<std::pair<std::string, Interpreter>> rows;
  const CommitPolicy recommended;
  const auto add = [&](std::string name, const auto& change) {
    CommitPolicy policy = recommended;
    change(policy);
    rows.emplace_back(std::move(name), by_policy(policy));
  };
  add("whole utterance", [](CommitPolicy& policy) { policy.clauses = false; });
  add("clauses", [](CommitPolicy& policy) { policy.align_att = false; });
  add("clauses, 2 words behind", [](CommitPolicy& policy) {
    policy.align_att = false;
    policy.words_behind_clause = 2;
  });
  add("clauses + AlignAtt (default)", [](CommitPolicy&) {});
  for (const std::size_t margin : {2, 3, 4, 6}) {
    add(fmt::format("clauses + AlignAtt 8, k = {}", margin), [&](CommitPolicy& policy) {
      policy.align_att_first = policy.align_att_later = {.after = 8, .margin = margin};
    });
  }
  add("default, later after 10", [](CommitPolicy& policy) { policy.align_att_later = {.after = 10, .margin = 4}; });
  add("default, later after 6, k = 3",
      [](CommitPolicy& policy) { policy.align_att_later = {.after = 6, .margin = 3}; });
  for (const std::size_t masked : {0, 2, 4}) {
    add(fmt::format("default, {} words masked", masked), [&](CommitPolicy& policy) { policy.masked_words = masked; });
  }
  rows.emplace_back("local agreement", local_agreement());
  return rows;
}

/// Whether an update costs more the longer somebody talks: all sentences in one utterance.
json measure_monologue(const MarianTranslator& translator, const std::string& pair, const std::vector<Line>& lines) {
  std::string text;
  for (std::size_t i = 0; i < 8; ++i) text += (text.empty() ? "" : " ") + lines[i].source;
  const LanguagePair languages{*Language::parse(pair.substr(0, 2)), *Language::parse(pair.substr(3, 2))};
  const Outcome outcome = by_policy({})(translator, languages, hear(text, 0));
  const auto third = static_cast<long>(outcome.times_ms.size() / 3);
  const std::vector<double> first(outcome.times_ms.begin(), outcome.times_ms.begin() + third);
  const std::vector<double> last(outcome.times_ms.end() - third, outcome.times_ms.end());
  fmt::print(
      "{} monologue of {} words: an update takes {:.1f} ms in the first third, {:.1f} ms in the last (medians)\n", pair,
      outcome.source_words, percentile(first, 0.5), percentile(last, 0.5));
  return {{"pair", pair},
          {"words", outcome.source_words},
          {"update_ms_p50_first_third", percentile(first, 0.5)},
          {"update_ms_p50_last_third", percentile(last, 0.5)}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto translator = value_or_give_up(MarianTranslator::load());
  json results = json::array();
  json monologues = json::array();
  fmt::print("{:31} {:5} | {:>5} {:>5} {:>5} | {:>5} {:>5} | {:>4} {:>4} | {}\n", "policy", "pair", "LAAL", "ms",
             "onset", "whole", "ref", "says", "NE", "ms of a core p50 / p95 / max");
  for (const char* pair : {"en-pt", "pt-en"}) {
    const auto lines = read_lines(pair);
    for (const auto& [name, interpret] : rows()) results.push_back(measure(name, interpret, *translator, pair, lines));
    monologues.push_back(measure_monologue(*translator, pair, lines));
  }
  if (argc > 1) merge_results(argv[1], {{"policies", results}, {"monologues", monologues}});
  return 0;
}
