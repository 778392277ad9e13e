// SPDX-License-Identifier: GPL-3.0-or-later
// How many people at once can be spoken for without a gap.
//   bench_talkers [RESULT.json] [--engine NAME] [--cores N …] [--seconds S]
//
// Each talker speaks without pause, in Portuguese or in English, through the queues that parleyd has: a Playout that is
// read every 20 ms in real time, and phrases that an Executor with one thread a core synthesises piece by piece, while
// less than the high-water mark waits to be played. What else parleyd does for a call (recognition, translation,
// media) is not part of it.
#include <sched.h>
#include <algorithm>
#include <atomic>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/clock.h"
#include "base/log.h"
#include "call/config.h"
#include "call/executor.h"
#include "call/playout.h"
#include "give_up.h"
#include "results.h"
#include "synthesis/kokoro.h"
#include "synthesis/registry.h"
#include "telephone_phrases.h"

namespace {

using namespace parley;
using namespace parley::bench;
using Engine = std::shared_ptr<const synthesis::Synthesizer>;

constexpr int kMostTalkers = 64;

struct Options {
  std::filesystem::path out = "build/bench/synthesis.json";
  std::string engine = "kokoro";
  std::vector<int> cores;
  int seconds = 20;
};

struct Talker {
  Talker(std::vector<synthesis::SynthesisRequest> all, std::size_t first) : phrases(std::move(all)), next(first) {}

  // Of the job that runs; there is one at most.
  const std::vector<synthesis::SynthesisRequest> phrases;
  std::size_t next;
  std::unique_ptr<synthesis::SpeechStream> stream;

  std::atomic<bool> busy{false};
  call::Playout playout;

  // Of the thread that plays.
  std::optional<milliseconds> first_sound;
  bool dry = false;
  int underruns = 0;  ///< Times that it ran dry after its first sound,
  int dry_ticks = 0;  ///< and for how long.
};

/// What came of some talkers.
struct Outcome {
  int talkers = 0;
  int underruns = 0;
  milliseconds dry{0};
  milliseconds first_sound{0};  ///< Of the one who waited longest; all begin at once.
  double cores_used = 0.0;
};

class Talk {
 public:
  Talk(const Engine& engine, int talkers, int threads) : engine_(engine), executor_(threads) {
    for (int i = 0; i < talkers; ++i) {
      const char* code = i % 2 == 0 ? "pt" : "en";
      std::vector<synthesis::SynthesisRequest> phrases;
      for (const auto& [language, text] : telephone_phrases(Speaks::kBoth)) {
        if (language != code) continue;
        const auto spoken = Language::parse(language).value();
        phrases.push_back({text, spoken, engine_->default_voice(spoken)});
      }
      // None says what another one says just then.
      const std::size_t first = static_cast<std::size_t>(i) * 7 % phrases.size();
      talkers_.push_back(std::make_unique<Talker>(std::move(phrases), first));
      talkers_.back()->playout.begin(1);
    }
  }

  ~Talk() { over_ = true; }

  Outcome run(milliseconds length) {
    const auto start = SteadyClock::now();
    const std::clock_t cpu_start = std::clock();
    for (milliseconds time{0}; time < length; time += kFrameTime) {
      std::this_thread::sleep_until(start + time);
      for (auto& talker : talkers_) {
        ask_for_speech(*talker);
        play(*talker, time);
      }
    }
    const double used_ms = static_cast<double>(std::clock() - cpu_start) * 1000.0 / CLOCKS_PER_SEC;
    Outcome outcome{.talkers = static_cast<int>(talkers_.size()), .cores_used = used_ms / elapsed_ms(start)};
    for (const auto& talker : talkers_) {
      outcome.underruns += talker->underruns;
      outcome.dry += talker->dry_ticks * kFrameTime;
      outcome.first_sound = std::max(outcome.first_sound, talker->first_sound.value_or(length));
    }
    return outcome;
  }

 private:
  /// As Interpreter does: one job a piece, the more urgent the less is left to hear.
  void ask_for_speech(Talker& talker) {
    if (over_ || talker.playout.backlog() >= call::CallConfig().playout_high_water || talker.busy.exchange(true))
      return;
    submit(talker);
  }

  void submit(Talker& talker) {
    const auto priority = call::speech_priority(talker.playout.backlog(), talker.stream != nullptr);
    executor_.submit(priority, [this, &talker] {
      if (say_next(talker)) return submit(talker);
      talker.busy = false;
      ask_for_speech(talker);
    });
  }

  /// The next piece of what the talker says. True when there is more of the phrase to come.
  bool say_next(Talker& talker) {
    if (over_) return false;
    if (!talker.stream)
      talker.stream = value_or_give_up(engine_->synthesize(talker.phrases[talker.next++ % talker.phrases.size()]));
    const auto samples = value_or_give_up(talker.stream->next());
    if (talker.playout.write(samples) < samples.size()) give_up("a playout was full");
    if (!samples.empty()) return true;
    talker.playout.end_phrase();
    talker.stream.reset();
    return false;
  }

  static void play(Talker& talker, milliseconds time) {
    audio::Frame frame;
    const bool played = talker.playout.read(frame, static_cast<std::uint64_t>(time / kFrameTime));
    if (played && !talker.first_sound) talker.first_sound = time;
    if (!played && talker.first_sound) {
      ++talker.dry_ticks;
      if (!talker.dry) ++talker.underruns;
    }
    talker.dry = !played;
  }

  const Engine engine_;
  std::atomic<bool> over_{false};
  std::vector<std::unique_ptr<Talker>> talkers_;
  call::Executor executor_;  ///< Its jobs use the others, so it comes last and goes first.
};

/// The cores this process may run on.
std::vector<int> usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) give_up("the cores of this process are unknown");
  std::vector<int> cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  }
  return cores;
}

/// This thread, and those it starts from now on, run on the first so many of the cores.
void keep_to(const std::vector<int>& cores, int count) {
  cpu_set_t set;
  CPU_ZERO(&set);
  for (int i = 0; i < count; ++i) CPU_SET(cores[static_cast<std::size_t>(i)], &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) give_up("this process cannot be kept to fewer cores");
}

Engine load(const std::string& name) {
  if (name == "kokoro") {
    const auto kokoro = value_or_give_up(synthesis::Kokoro::load());
    for (const auto* code : {"en", "pt"}) {
      const auto language = Language::parse(code).value();
      value_or_give_up(kokoro->measure_voice(kokoro->default_voice(language), language));
    }
  }
  return value_or_give_up(synthesis::load_synthesizer({.engine = name, .kokoro = {.measure_voices = false}}));
}

/// One talker more from run to run until one of them runs dry.
nlohmann::json find_most(const Engine& engine, int cores, int seconds) {
  nlohmann::json runs = nlohmann::json::array();
  int most = 0;
  for (int talkers = 1; talkers <= kMostTalkers; ++talkers) {
    const Outcome outcome = Talk(engine, talkers, cores).run(std::chrono::seconds(seconds));
    fmt::print("{:>5} {:>8} {:>10} {:>12} {:>15} {:>11.2f}\n", cores, talkers, outcome.underruns, outcome.dry.count(),
               outcome.first_sound.count(), outcome.cores_used);
    std::fflush(stdout);
    runs.push_back({{"talkers", talkers},
                    {"underruns", outcome.underruns},
                    {"dry_ms", outcome.dry.count()},
                    {"first_sound_ms", outcome.first_sound.count()},
                    {"cores_used", outcome.cores_used}});
    if (outcome.underruns > 0) break;
    most = talkers;
  }
  return {{"cores", cores}, {"talkers", most}, {"runs", runs}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto cores = usable_cores();
  Options options;
  options.cores = {static_cast<int>(cores.size())};
  if (cores.size() > 1) options.cores.push_back(1);
  CLI::App app("Finds how many talkers, who speak without pause, are synthesised without a gap.");
  app.add_option("result", options.out, "The JSON that gets the result under \"talkers\"")->capture_default_str();
  app.add_option("--engine", options.engine, "Synthesis engine")->capture_default_str();
  app.add_option("--cores", options.cores, "Numbers of cores, each with one thread of synthesis")
      ->capture_default_str()
      ->check(CLI::Range(1, static_cast<int>(cores.size())));
  app.add_option("--seconds", options.seconds, "Length of each run")->capture_default_str()->check(CLI::Range(1, 3600));
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));

  const Engine engine = load(options.engine);
  fmt::print("{:>5} {:>8} {:>10} {:>12} {:>15} {:>11}\n", "cores", "talkers", "underruns", "silence, ms",
             "first sound, ms", "cores used");
  nlohmann::json keys;
  const std::string prefix = options.engine == "kokoro" ? "talkers" : "talkers_" + options.engine;
  for (const int count : options.cores) {
    keep_to(cores, count);
    auto found = find_most(engine, count, options.seconds);
    fmt::print("{} talkers on {} core{} ({}).\n", found["talkers"].get<int>(), count, count == 1 ? "" : "s",
               options.engine);
    const bool all = count == static_cast<int>(cores.size());
    const std::string key = all ? prefix : fmt::format("{}_on_{}_core{}", prefix, count, count == 1 ? "" : "s");
    keys[key] = found["talkers"];
    keys[prefix + "_runs"].push_back(std::move(found));
  }
  fmt::print("Recognition, translation and media are not included.\n");
  merge_results(options.out, keys);
}
