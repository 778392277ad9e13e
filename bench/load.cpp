// SPDX-License-Identifier: GPL-3.0-or-later
// How many legs the 20 ms loop carries.
//   bench_load [RESULT.json] [--legs N] [--minutes M]
//   bench_load [RESULT.json] --talkers [--seconds S] [--parleyd PROGRAM]
//
// Calls with recorded speech on the real media server, rooms, voice activity detection, interpreters and playout, with
// engines that cost next to nothing; the phones are a process of their own. Or, with --talkers, how many people parleyd
// itself translates at once with its real engines, driven over its socket.
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "give_up.h"
#include "load_legs.h"
#include "load_server.h"
#include "load_speech.h"
#include "load_talkers.h"
#include "results.h"

namespace {

using namespace parley;
using namespace parley::bench;
using telemetry::Queue;

constexpr std::size_t kVoices = 16;
constexpr double kShare = 0.4;          ///< Of a call, how much one party speaks.
constexpr double kLatestAllowed = 5.0;  ///< Milliseconds, of all but a thousandth of the ticks.

struct Options {
  std::filesystem::path out = "build/bench/load.json";
  std::size_t legs = 200;
  double minutes = 1.0;
  bool talkers = false;
  TalkersOptions real;
};

std::vector<LegPlan> calls(std::size_t legs, const std::vector<Voice>& voices) {
  std::vector<LegPlan> plans;
  for (std::size_t i = 0; i < legs; ++i) {
    const bool first = i % 2 == 0;
    const Voice& voice = voices[i % voices.size()];
    plans.push_back({.session = fmt::format("load-{}", i / 2),
                     .leg = first ? "a" : "b",
                     .speaks = first ? "en" : "pt",
                     .hears = first ? "en" : "pt",
                     .voice = &voice,
                     .begin = i * 997 % voice.size()});
  }
  return plans;
}

std::vector<Voice> voices() {
  const auto english = english_prompts();
  std::vector<Voice> all;
  for (std::uint32_t seed = 0; seed < kVoices; ++seed) all.push_back(voice_of(english, kShare, seed));
  return all;
}

/// Where this program was built: …/bench/bench_load.
std::filesystem::path own_build() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path();
}

nlohmann::json percentiles(const std::vector<double>& values) {
  return {{"p50", percentile(values, 0.5)},
          {"p99", percentile(values, 0.99)},
          {"p999", percentile(values, 0.999)},
          {"max", std::ranges::max(values)}};
}

nlohmann::json result_of(const Options& options, const ServerReport& server, const LegsReport& phones) {
  const auto dropped = [&](Queue queue) { return server.dropped[static_cast<std::size_t>(queue)]; };
  // What the server counted as given to a leg and a phone did not get, and the other way.
  const std::uint64_t unheard = server.frames_out - dropped(Queue::kSend) - phones.received;
  const std::uint64_t untaken = phones.sent - server.frames_in;
  const std::uint64_t all =
      std::reduce(server.dropped.begin(), server.dropped.end()) + unheard + untaken + phones.unsent;
  nlohmann::json queues;
  nlohmann::json depths;
  for (std::size_t i = 0; i < telemetry::kQueues; ++i) {
    const auto name = std::string(to_string(static_cast<Queue>(i)));
    queues[name] = server.dropped[i];
    depths[name] = server.deepest[i];
  }
  queues["never arrived"] = unheard + untaken + phones.unsent;
  nlohmann::json outcomes;
  for (std::size_t i = 0; i < telemetry::kOutcomes; ++i)
    outcomes[std::string(to_string(static_cast<telemetry::Outcome>(i)))] = server.outcomes[i];
  nlohmann::json result{{"legs", options.legs},
                        {"minutes", server.seconds / 60.0},
                        {"cores", sysconf(_SC_NPROCESSORS_ONLN)},
                        {"real_time", server.real_time},
                        {"dropped", all},
                        {"dropped_by_queue", queues},
                        {"deepest", depths},
                        {"ticks", server.late_ms.size()},
                        {"ticks_skipped", server.ticks_skipped},
                        {"tick_late_ms", percentiles(server.late_ms)},
                        {"tick_work_ms", percentiles(server.work_ms)},
                        {"cpu_percent", server.cpu_percent},
                        {"cpu_percent_per_leg", server.cpu_percent / static_cast<double>(options.legs)},
                        {"media_cpu_percent", server.media_cpu_percent},
                        {"frames_in", server.frames_in},
                        {"frames_out", server.frames_out},
                        {"utterances", outcomes},
                        {"phones_late_ms", {{"p999", phones.late_ms_p999}, {"max", phones.late_ms_max}}},
                        {"phones_without_sound_for_60_ms", phones.gaps}};
  if (!server.response_lag_ms.empty()) result["response_lag_ms"] = percentiles(server.response_lag_ms);
  return result;
}

void print(const nlohmann::json& result) {
  const auto line = [](std::string_view what, const nlohmann::json& times) {
    fmt::print("{:<22} p50 {:.3f}, p99 {:.3f}, p99.9 {:.3f}, max {:.3f} ms\n", what, times["p50"].get<double>(),
               times["p99"].get<double>(), times["p999"].get<double>(), times["max"].get<double>());
  };
  fmt::print("{} legs, {:.1f} minutes on {} cores{}\n", result["legs"].get<int>(), result["minutes"].get<double>(),
             result["cores"].get<int>(), result["real_time"].get<bool>() ? "" : ", without real-time priority");
  fmt::print("{:<22} {} {}\n", "frames dropped", result["dropped"].get<std::uint64_t>(),
             result["dropped_by_queue"].dump());
  line("ticks late", result["tick_late_ms"]);
  line("ticks take", result["tick_work_ms"]);
  fmt::print("{:<22} {}\n", "ticks skipped", result["ticks_skipped"].get<std::uint64_t>());
  fmt::print("{:<22} {:.3f} % of a core a leg; {:.0f} % in all, {:.0f} % of it the media thread's\n", "CPU",
             result["cpu_percent_per_leg"].get<double>(), result["cpu_percent"].get<double>(),
             result["media_cpu_percent"].get<double>());
  fmt::print("{:<22} {}\n", "utterances", result["utterances"].dump());
  if (result.contains("response_lag_ms")) line("response lag", result["response_lag_ms"]);
  fmt::print("{:<22} p99.9 {:.3f} ms; {} gaps of 60 ms in what they got\n", "the phones were late",
             result["phones_late_ms"]["p999"].get<double>(),
             result["phones_without_sound_for_60_ms"].get<std::uint64_t>());
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Finds out whether the 20 ms loop carries so many legs, without real engines.");
  app.add_option("result", options.out, "The JSON that gets the result")->capture_default_str();
  app.add_option("--legs", options.legs, "Phones; two make a call")->capture_default_str()->check(CLI::Range(2, 5000));
  app.add_option("--minutes", options.minutes, "How long")->capture_default_str()->check(CLI::Range(0.05, 1440.0));
  app.add_flag("--talkers", options.talkers, "Finds instead how many people real engines translate at once");
  app.add_option("--seconds", options.real.seconds, "With --talkers: length of each run")
      ->capture_default_str()
      ->check(CLI::Range(20, 3600));
  app.add_option("--parleyd", options.real.parleyd, "With --talkers: the program; without it the one of this build")
      ->check(CLI::ExistingFile);
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));
  if (options.talkers) {
    if (options.real.parleyd.empty()) options.real.parleyd = own_build() / "parleyd";
    const auto found = find_talkers(options.real);
    merge_results(options.out, found);
    return found["talkers"] > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  options.legs += options.legs % 2;

  const auto time = milliseconds(static_cast<milliseconds::rep>(options.minutes * 60'000.0));
  const auto socket = std::filesystem::temp_directory_path() / fmt::format("parley-load-{}.sock", getpid());
  const std::vector<Voice> speech = voices();
  Legs phones = Legs::start(socket, calls(options.legs, speech), kSettling + time);
  const ServerReport server = serve(socket, options.legs, time, phones);
  const auto result = result_of(options, server, phones.report());
  print(result);
  merge_results(options.out, result);
  const bool good = result["dropped"] == 0 && result["tick_late_ms"]["p999"].get<double>() < kLatestAllowed;
  fmt::print("{}\n", good ? "The loop carries them." : "The loop does not carry them.");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
