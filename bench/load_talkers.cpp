// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_talkers.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "give_up.h"
#include "load_legs.h"
#include "load_parleyd.h"
#include "load_speech.h"
#include "results.h"
#include "telemetry/ledger_reader.h"

namespace parley::bench {
namespace {

using telemetry::Outcome;
using telemetry::UtteranceRecord;

constexpr double kShare = 0.75;           ///< Somebody who talks all the time pauses for breath.
constexpr double kLongestLag = 3000.0;    ///< Milliseconds, of nineteen in twenty answers.
constexpr double kMostGrowth = 750.0;     ///< Of the median wait, from a run's first half to its second.
constexpr milliseconds kLastWords{8000};  ///< After the end, until the last utterances are in the ledger.

struct Run {
  int talkers = 0;
  std::uint64_t dropped = 0;
  std::uint64_t gaps = 0;
  std::size_t answered = 0;
  std::size_t failed = 0;  ///< Untranslated or lost.
  std::vector<double> lags;
  double growth = 0.0;
  double cores = 0.0;  ///< That the machine used.

  bool keeps_up() const {
    return dropped == 0 && gaps == 0 && failed == 0 && !lags.empty() && percentile(lags, 0.95) < kLongestLag &&
           growth < kMostGrowth;
  }
};

/// Seconds that the cores of this machine have worked, all together.
double busy_seconds() {
  std::ifstream file("/proc/stat");
  std::string name;
  std::array<double, 8> times{};  // user, nice, system, idle, iowait, irq, softirq, steal
  file >> name;
  for (double& time : times) file >> time;
  return (times[0] + times[1] + times[2] + times[5] + times[6]) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

struct Talk {
  Voice english;
  Voice portuguese;
  Voice silence = Voice(50, audio::kSilence);
};

std::vector<LegPlan> calls(int talkers, const Talk& talk) {
  std::vector<LegPlan> plans;
  for (int i = 0; i < talkers; ++i) {
    const bool english = i % 2 == 0;
    const std::string session = fmt::format("talk-{}-{}", talkers, i);
    const std::string from = english ? "en" : "pt";
    const std::string to = english ? "pt" : "en";
    const Voice& voice = english ? talk.english : talk.portuguese;
    plans.push_back({session, "a", from, from, &voice, static_cast<std::size_t>(i) * 733 % voice.size()});
    plans.push_back({session, "b", to, to, &talk.silence, 0});
  }
  return plans;
}

std::vector<UtteranceRecord> utterances_of(const std::filesystem::path& ledger, int talkers) {
  std::vector<UtteranceRecord> all;
  for (auto& line : value_or_give_up(telemetry::read_ledger(ledger)).lines) {
    if (line.record.session.starts_with(fmt::format("talk-{}-", talkers))) all.push_back(std::move(line.record));
  }
  return all;
}

/// How much longer answers to the second half of what was said had to be waited for.
double growth(const std::vector<UtteranceRecord>& utterances) {
  milliseconds last{0};
  for (const auto& utterance : utterances) last = std::max(last, utterance.speech_end);
  std::array<std::vector<double>, 2> halves;
  for (const auto& utterance : utterances) {
    if (const auto lag = utterance.response_lag())
      halves[utterance.speech_end > last / 2 ? 1 : 0].push_back(static_cast<double>(lag->count()));
  }
  if (halves[0].empty() || halves[1].empty()) return 0.0;
  return percentile(halves[1], 0.5) - percentile(halves[0], 0.5);
}

/// Frames that parleyd's log says were dropped of the run's legs, when they ended and by hearing.
std::uint64_t dropped_frames(const std::string& log, int talkers) {
  const std::regex ended(fmt::format(
      R"(leg \S+ of session talk-{}-\d+ ended: .*in, (\d+) of them dropped, \d+ out, (\d+) dropped)", talkers));
  const std::regex unheard(
      fmt::format(R"(\[talk-{}-\d+\].* (\d+) frames of leg \S+ were dropped \(recognition\))", talkers));
  std::uint64_t sum = 0;
  for (std::sregex_iterator at(log.begin(), log.end(), ended), end; at != end; ++at)
    sum += std::stoull((*at)[1]) + std::stoull((*at)[2]);
  for (std::sregex_iterator at(log.begin(), log.end(), unheard), end; at != end; ++at) sum += std::stoull((*at)[1]);
  return sum;
}

Run run(const Parleyd& parleyd, int talkers, int seconds, const Talk& talk) {
  Run run{.talkers = talkers};
  const double busy = busy_seconds();
  const auto begin = SteadyClock::now();
  Legs phones = Legs::start(parleyd.socket(), calls(talkers, talk), std::chrono::seconds(seconds));
  const LegsReport report = phones.report();
  run.cores = (busy_seconds() - busy) * 1000.0 / elapsed_ms(begin);
  std::this_thread::sleep_for(kLastWords);
  const auto utterances = utterances_of(parleyd.ledger(), talkers);
  for (const auto& utterance : utterances) {
    run.answered += utterance.outcome == Outcome::kAnswered ? 1 : 0;
    run.failed += utterance.outcome == Outcome::kUntranslated || utterance.outcome == Outcome::kLost ? 1 : 0;
    if (const auto lag = utterance.response_lag()) run.lags.push_back(static_cast<double>(lag->count()));
  }
  run.growth = growth(utterances);
  run.gaps = report.gaps;
  run.dropped = report.unsent + dropped_frames(parleyd.log(), talkers);
  if (report.legs < static_cast<std::uint64_t>(2 * talkers)) ++run.failed;  // Somebody was hung up on.
  return run;
}

nlohmann::json to_json(const Run& run) {
  nlohmann::json json{{"talkers", run.talkers},  {"keeps_up", run.keeps_up()}, {"dropped", run.dropped},
                      {"gaps", run.gaps},        {"answered", run.answered},   {"failed", run.failed},
                      {"growth_ms", run.growth}, {"cores_used", run.cores}};
  if (!run.lags.empty()) {
    json["response_lag_ms"] = {
        {"p50", percentile(run.lags, 0.5)}, {"p95", percentile(run.lags, 0.95)}, {"max", std::ranges::max(run.lags)}};
  }
  return json;
}

void print(const Run& run) {
  const double p50 = run.lags.empty() ? 0.0 : percentile(run.lags, 0.5);
  const double p95 = run.lags.empty() ? 0.0 : percentile(run.lags, 0.95);
  fmt::print("{:>7} {:>9} {:>7} {:>8} {:>5} {:>9.0f} {:>9.0f} {:>11.0f} {:>11.2f}   {}\n", run.talkers, run.answered,
             run.failed, run.dropped, run.gaps, p50, p95, run.growth, run.cores,
             run.keeps_up() ? "keeps up" : "does not keep up");
  std::fflush(stdout);
}

}  // namespace

nlohmann::json find_talkers(const TalkersOptions& options) {
  const Talk talk{voice_of(english_prompts(), kShare, 1), voice_of(portuguese_sentences(), kShare, 2)};
  const Parleyd parleyd(options.parleyd);
  parleyd.wait_ready();
  fmt::print("{:>7} {:>9} {:>7} {:>8} {:>5} {:>9} {:>9} {:>11} {:>11}\n", "talkers", "answered", "failed", "dropped",
             "gaps", "lag p50", "lag p95", "growth, ms", "cores used");
  nlohmann::json runs = nlohmann::json::array();
  int most = 0;
  for (int talkers = 1; talkers <= options.most; ++talkers) {
    const Run outcome = run(parleyd, talkers, options.seconds, talk);
    print(outcome);
    runs.push_back(to_json(outcome));
    if (!outcome.keeps_up()) break;
    most = talkers;
  }
  fmt::print("{} talkers at once.\n", most);
  return {{"talkers", most}, {"talkers_runs", runs}};
}

}  // namespace parley::bench
