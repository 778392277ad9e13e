// SPDX-License-Identifier: GPL-3.0-or-later
// The real engines in their processes: what is killed or stopped in the middle of a request answers all the same.
#include <signal.h>

#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "fixture.h"
#include "translation/marian_translator.h"

namespace parley::workers::testing {
namespace {

using recognition::Speech;

constexpr double kLate = 1500.0;  // What a killed engine may cost an utterance, at most.

/// Memory that would be free again if the process were not, kB: what it shares counts in parts.
long proportional_memory(int pid) {
  std::ifstream in(fmt::format("/proc/{}/smaps_rollup", pid));
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("Pss:")) return std::stol(line.substr(4));
  }
  return 0;
}

class RealEnginesTest : public ::testing::Test {
 protected:
  /// All of them, started once.
  static void SetUpTestSuite() {
    WorkersConfig config{.program = PARLEY_ENGINE, .languages = {kEnglish, kPortuguese}};
    config.recognition = {{"moonshine", {kEnglish}}, {"whisper", {kPortuguese}}};
    config.translation = {"marian"};
    config.synthesis = {{"kokoro", {}}};
    const auto begin = SteadyClock::now();
    auto started = Workers::start(config, health(), [begin](std::string_view name) {
      fmt::print("{} is ready after {:.1f} s\n", name, elapsed_ms(begin) / 1000.0);
    });
    ASSERT_TRUE(started) << started.error().message;
    workers_ = std::move(*started);
    ASSERT_TRUE(all_ready());
    fmt::print("all spares are loaded after {:.1f} s\n", elapsed_ms(begin) / 1000.0);
  }
  static void TearDownTestSuite() { workers_.reset(); }

  static telemetry::Health& health() {
    static telemetry::Health health;
    return health;
  }

  /// With their spares.
  static bool all_ready() {
    const auto deadline = SteadyClock::now() + 100s;
    while (SteadyClock::now() < deadline) {
      if (std::ranges::all_of(workers_->status(), [](const auto& engine) { return engine.processes.size() == 2; }))
        return true;
      std::this_thread::sleep_for(20ms);
    }
    return false;
  }

  static telemetry::EngineStatus status(const std::string& name) {
    for (auto& engine : workers_->status()) {
      if (engine.name == name) return engine;
    }
    return {};
  }

  static std::vector<std::int16_t> speak(const Language& language, const std::string& phrase) {
    const auto synthesizer = workers_->synthesizer("kokoro");
    auto stream = synthesizer->synthesize(
        {.phrase = phrase, .language = language, .voice = synthesizer->default_voice(language), .before = {}});
    EXPECT_TRUE(stream) << stream.error().message;
    std::vector<std::int16_t> sound;
    while (stream) {
      auto chunk = (*stream)->next();
      EXPECT_TRUE(chunk) << chunk.error().message;
      if (!chunk || chunk->empty()) break;
      sound.insert(sound.end(), chunk->begin(), chunk->end());
    }
    return sound;
  }

  static std::string hear(const std::string& engine, const Language& language, const std::vector<std::int16_t>& sound) {
    auto stream = workers_->recognizer(engine)->open({.session_id = "s", .speaker_id = "a", .language = language});
    EXPECT_TRUE(stream);
    (*stream)->feed(std::span(sound).first(sound.size() / 2));
    EXPECT_TRUE((*stream)->hypothesis(Speech::kGoesOn));
    (*stream)->feed(std::span(sound).subspan(sound.size() / 2));
    const auto transcript = (*stream)->finish();
    EXPECT_TRUE(transcript) << transcript.error().message;
    return transcript ? transcript->text : "";
  }

  /// The same answer although the process is killed (stopped) so long after the request began; how much later it is.
  template <typename Answer>
  static double delay(const std::string& name, int signal, milliseconds after, const std::function<Answer()>& ask) {
    EXPECT_TRUE(all_ready());
    const auto begin = SteadyClock::now();
    const auto expected = ask();
    const double usual = elapsed_ms(begin);
    const auto before = status(name);
    std::thread killer([&] {
      std::this_thread::sleep_for(after);
      kill(before.processes.front(), signal);
    });
    const auto again = SteadyClock::now();
    EXPECT_EQ(ask(), expected);
    const double took = elapsed_ms(again);
    killer.join();
    EXPECT_TRUE(eventually([&] { return status(name).restarts == before.restarts + 1; }));
    fmt::print("{}: usually {:.0f} ms; {} after {} ms: {:.0f} ms, {:.0f} later\n", name, usual,
               signal == SIGKILL ? "killed" : "stopped", after.count(), took, took - usual);
    return took - usual;
  }

  static inline std::unique_ptr<Workers> workers_;
};

const std::string kSentence = "Good morning, I would like to change my appointment to Thursday afternoon, please.";
const std::string kPortugueseSentence = "Bom dia, eu gostaria de mudar a minha consulta para quinta-feira à tarde.";

TEST_F(RealEnginesTest, TheyDoTheirWork) {
  const auto sound = speak(kEnglish, kSentence);
  EXPECT_GT(sound.size(), 32000U);
  EXPECT_NE(hear("moonshine", kEnglish, sound).find("appointment"), std::string::npos);
  EXPECT_NE(hear("whisper", kPortuguese, speak(kPortuguese, kPortugueseSentence)).find("consulta"), std::string::npos);
  const auto translation = workers_->translator("marian")->translate(
      {.source = kSentence, .pair = {kEnglish, kPortuguese}, .committed_prefix = {}});
  ASSERT_TRUE(translation);
  EXPECT_FALSE(translation->words.empty());
  for (const auto& engine : workers_->status()) {
    fmt::print("{}: resident {:.0f} MB in two processes; proportional set", engine.name, engine.memory_bytes / 1e6);
    for (const int pid : engine.processes) fmt::print(" {:.0f} MB", proportional_memory(pid) / 1e3);
    fmt::print("; {:.1f} s of processor time\n", engine.cpu_seconds);
  }
}

TEST_F(RealEnginesTest, AKilledProcessDelaysItsRequestByLessThanASecondAndAHalf) {
  const auto english = speak(kEnglish, kSentence);
  const auto portuguese = speak(kPortuguese, kPortugueseSentence);
  const auto translate = [] {
    std::string source;
    for (int sentence = 0; sentence < 30; ++sentence) source += kSentence + " ";
    const auto translation = workers_->translator("marian")->translate(
        {.source = source, .pair = {kEnglish, kPortuguese}, .committed_prefix = {}});
    return translation ? translation->text : translation.error().message;
  };
  EXPECT_LT(
      delay<std::string>("recognition:moonshine", SIGKILL, 60ms, [&] { return hear("moonshine", kEnglish, english); }),
      kLate);
  EXPECT_LT(delay<std::string>("recognition:whisper", SIGKILL, 200ms,
                               [&] { return hear("whisper", kPortuguese, portuguese); }),
            kLate);
  EXPECT_LT(delay<std::string>("translation:marian", SIGKILL, 40ms, translate), kLate);
  const std::function<std::vector<std::int16_t>()> say = [] { return speak(kEnglish, kSentence); };
  EXPECT_LT(delay("synthesis:kokoro", SIGKILL, 50ms, say), kLate);
  EXPECT_LT(delay("synthesis:kokoro", SIGKILL, 600ms, say), kLate) << "sample for sample, from where it was";
}

TEST_F(RealEnginesTest, AStoppedProcessIsNoticed) {
  const auto english = speak(kEnglish, kSentence);
  const auto& limits = Limits{};
  const auto most = [](milliseconds limit) { return static_cast<double>(limit.count()) + kLate; };
  EXPECT_LT(
      delay<std::string>("recognition:moonshine", SIGSTOP, 60ms, [&] { return hear("moonshine", kEnglish, english); }),
      most(limits.recognition));
  const std::function<std::vector<std::int16_t>()> say = [] { return speak(kEnglish, kSentence); };
  EXPECT_LT(delay("synthesis:kokoro", SIGSTOP, 300ms, say), most(limits.synthesis));
}

double median_ms(const std::function<void()>& work, int times) {
  std::vector<double> all;
  for (int i = 0; i < times; ++i) {
    const auto begin = SteadyClock::now();
    work();
    all.push_back(elapsed_ms(begin));
  }
  std::ranges::sort(all);
  return all[all.size() / 2];
}

TEST_F(RealEnginesTest, AProcessCostsLittleTime) {
  ASSERT_TRUE(all_ready());
  const auto here = translation::MarianTranslator::load({.pairs = {{kEnglish, kPortuguese}}});
  ASSERT_TRUE(here) << here.error().message;
  const translation::TranslationRequest request{
      .source = "how are you", .pair = {kEnglish, kPortuguese}, .committed_prefix = {}};
  const auto there = workers_->translator("marian");
  // A text without words needs no run of the model.
  const translation::TranslationRequest nothing{.source = "...", .pair = request.pair, .committed_prefix = {}};
  fmt::print("a short translation: {:.3f} ms here, {:.3f} ms there; of nothing: {:.4f} ms here, {:.4f} ms there\n",
             median_ms([&] { EXPECT_TRUE((*here)->translate(request)); }, 50),
             median_ms([&] { EXPECT_TRUE(there->translate(request)); }, 50),
             median_ms([&] { EXPECT_TRUE((*here)->translate(nothing)); }, 500),
             median_ms([&] { EXPECT_TRUE(there->translate(nothing)); }, 500));
}

}  // namespace
}  // namespace parley::workers::testing
