// SPDX-License-Identifier: GPL-3.0-or-later
// Whether pace, pitch and loudness carry over where a sentence is spoken in two phrases: each is compared with the same
// sentence spoken whole. And what a first phrase's length costs: the time to its first sound.
//   bench_phrase_joins [RESULT.json]
#include <algorithm>
#include <cmath>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "base/log.h"
#include "base/utf8.h"
#include "give_up.h"
#include "pitch.h"
#include "recognition/registry.h"
#include "results.h"
#include "synthesis/kokoro.h"
#include "synthesis/phrases.h"
#include "synthesis/speech_shape.h"
#include "word_errors.h"

namespace {

using namespace parley;
using bench::value_or_give_up;
using Samples = std::vector<std::int16_t>;

constexpr std::size_t kShortestSentence = 45;  // characters; shorter ones are not split
constexpr std::size_t kBesideJoin = audio::kSampleRate * 7 / 10;

struct Variant {
  std::string name;
  bool before = false;  ///< A phrase is told what was said before it.
};

struct Spoken {
  Samples samples;
  double first_ms = 0.0;
};

struct Sums {
  bench::WordErrors words;
  std::vector<double> pace, pitch, jump, level;
};

std::vector<std::string> sentences(std::string_view code) {
  std::ifstream file(fmt::format("{}/spoken-sentences-{}.txt", PARLEY_BENCH_DATA, code));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (lines.empty()) bench::give_up("there are no sentences in " PARLEY_BENCH_DATA);
  return lines;
}

/// What one thread had of its core: the time that a core of its own would have taken, however busy this machine is.
double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

Spoken speak(const synthesis::Kokoro& engine, const synthesis::SynthesisRequest& request) {
  const double began = cpu_ms();
  const auto stream = value_or_give_up(engine.synthesize(request));
  Spoken spoken;
  for (Samples chunk = value_or_give_up(stream->next()); !chunk.empty(); chunk = value_or_give_up(stream->next())) {
    if (spoken.samples.empty()) spoken.first_ms = cpu_ms() - began;
    spoken.samples.insert(spoken.samples.end(), chunk.begin(), chunk.end());
  }
  return spoken;
}

/// The words wrong in phrases that are played one after the other.
bench::WordErrors words_wrong(const recognition::Recognizer& recognizer, const synthesis::SynthesisRequest& sentence,
                              const std::vector<Samples>& parts) {
  auto stream = value_or_give_up(recognizer.open({"bench", "bench", sentence.language}));
  for (const auto& part : parts) stream->feed(part);
  const auto heard = value_or_give_up(stream->finish()).text;
  const auto normalized = sentence.language.code() == "pt" ? bench::normalized_portuguese : bench::normalized_english;
  return bench::count_word_errors(normalized(sentence.phrase), normalized(heard));
}

std::span<const std::int16_t> around(const Samples& samples, double middle, bool before) {
  const auto at = static_cast<std::size_t>(std::clamp(middle, 0.0, static_cast<double>(samples.size())));
  if (before) return std::span(samples).subspan(at - std::min(at, kBesideJoin), std::min(at, kBesideJoin));
  return std::span(samples).subspan(at, std::min(samples.size() - at, kBesideJoin));
}

double level_db(std::span<const std::int16_t> samples) {
  std::vector<float> values(samples.begin(), samples.end());
  for (float& value : values) value /= 32768.0F;
  return 10.0 * std::log10(synthesis::speech_level(values, audio::kSampleRate) + 1e-9);
}

std::optional<double> pitch_of(std::span<const std::int16_t> samples) {
  return bench::median_pitch(bench::pitch_track(samples));
}

double mean(const std::vector<double>& values) {
  double sum = 0.0;
  for (const double value : values) sum += value;
  return values.empty() ? 0.0 : sum / static_cast<double>(values.size());
}

double mean_size(std::vector<double> values) {
  for (double& value : values) value = std::fabs(value);
  return mean(values);
}

/// One sentence in phrases against itself whole.
void compare(const synthesis::Kokoro& engine, const recognition::Recognizer& recognizer,
             const synthesis::SynthesisRequest& sentence, const Samples& whole, const Variant& variant, Sums& sums) {
  // The shorter ones, for more joins.
  const auto phrases = synthesis::split_phrases(sentence.phrase, synthesis::kLimitsForWholePhrases);
  if (phrases.size() < 2) return;
  std::vector<Samples> parts;
  std::string said;
  for (std::size_t i = 0; i < phrases.size(); ++i) {
    synthesis::SynthesisRequest request = sentence;
    request.phrase = phrases[i];
    if (variant.before) request.before = said;
    said += (said.empty() ? "" : " ") + phrases[i];
    parts.push_back(speak(engine, request).samples);
  }
  sums.words += words_wrong(recognizer, sentence, parts);
  const synthesis::SpeechShape shape;
  const double silence = (shape.lead_ms + shape.tail_ms) * audio::kSampleRate / 1000.0;
  double spoken = silence;
  for (const auto& part : parts) spoken += static_cast<double>(part.size()) - silence;
  const double pace = spoken / static_cast<double>(whole.size());
  sums.pace.push_back(pace);
  double join = 0.0;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    join += (static_cast<double>(parts[i].size()) - silence) / pace;
    const auto before = around(parts[i], static_cast<double>(parts[i].size()), true);
    const auto after = around(parts[i + 1], 0.0, false);
    const auto whole_before = around(whole, join, true);
    const auto whole_after = around(whole, join, false);
    sums.level.push_back(level_db(after) - level_db(before) - (level_db(whole_after) - level_db(whole_before)));
    const auto a = pitch_of(before), b = pitch_of(after), c = pitch_of(whole_before), d = pitch_of(whole_after);
    if (a && b && c && d) sums.jump.push_back(bench::semitones(*a, *b) - bench::semitones(*c, *d));
    if (const auto own = pitch_of(parts[i]), same = pitch_of(whole); own && same)
      sums.pitch.push_back(bench::semitones(*same, *own));
  }
}

nlohmann::json joins(const synthesis::Kokoro& engine, const recognition::Recognizer& recognizer,
                     const Language& language, std::size_t most) {
  const std::vector<Variant> variants{{.name = "alone"}, {.name = "carried", .before = true}};
  std::vector<Sums> sums(variants.size());
  for (const auto& text : sentences(language.code())) {
    if (decode_utf8(text).size() < kShortestSentence || sums[0].pace.size() >= most) continue;
    const synthesis::SynthesisRequest sentence{
        .phrase = text, .language = language, .voice = engine.default_voice(language)};
    const Samples whole = speak(engine, sentence).samples;
    for (std::size_t i = 0; i < variants.size(); ++i)
      compare(engine, recognizer, sentence, whole, variants[i], sums[i]);
  }
  nlohmann::json out = nlohmann::json::array();
  for (std::size_t i = 0; i < variants.size(); ++i) {
    const auto& [words, pace, pitch, jump, level] = sums[i];
    fmt::print(
        "{} {:<8} {} joins: duration x {:.3f}; first phrases' pitch {:+.2f} st; at the join, against the whole: pitch "
        "{:+.2f} st (size {:.2f}), level {:+.1f} dB (size {:.1f}); {} of {} words wrong\n",
        language.code(), variants[i].name, level.size(), mean(pace), mean(pitch), mean(jump), mean_size(jump),
        mean(level), mean_size(level), words.errors, words.words);
    out.push_back({{"language", language.code()},
                   {"variant", variants[i].name},
                   {"joins", level.size()},
                   {"words", words.words},
                   {"errors", words.errors},
                   {"duration", mean(pace)},
                   {"first_phrase_pitch_st", mean(pitch)},
                   {"pitch_jump_st", mean(jump)},
                   {"pitch_jump_size_st", mean_size(jump)},
                   {"level_jump_db", mean(level)},
                   {"level_jump_size_db", mean_size(level)}});
  }
  return out;
}

/// What the first phrase's longest length does to the wait, and whether the next phrases come in time.
nlohmann::json first_phrases(const synthesis::Kokoro& engine, const Language& language) {
  nlohmann::json out = nlohmann::json::array();
  for (const std::size_t first : {24U, 40U, 60U, 90U, 160U}) {
    for (const double growth : {2.0, 4.0}) {
      std::vector<double> waits, margins;
      std::size_t phrases = 0;
      for (const auto& text : sentences(language.code())) {
        double ready = 0.0;   // when the phrase's first sound is there, one after the other on one thread
        double played = 0.0;  // when what was there before it is over
        bool first_phrase = true;
        std::string said;
        for (const auto& phrase : synthesis::split_phrases(text, {.first = first, .growth = growth})) {
          const double began = cpu_ms();
          const auto spoken =
              speak(engine,
                    {.phrase = phrase, .language = language, .voice = engine.default_voice(language), .before = said});
          said += (said.empty() ? "" : " ") + phrase;
          const double sound = ready + spoken.first_ms;
          ready += cpu_ms() - began;
          if (first_phrase) waits.push_back(sound);
          if (!first_phrase) margins.push_back(played - sound);
          played = std::max(played, sound) + static_cast<double>(spoken.samples.size()) / 16.0;
          first_phrase = false;
          ++phrases;
        }
      }
      const double least = margins.empty() ? 0.0 : bench::percentile(margins, 0.0);
      fmt::print(
          "{} first {:>3} growth {:.0f}: {:>3} phrases, first sound p50 {:.0f} p95 {:.0f} ms, next phrase early by "
          "{:.0f} ms at least\n",
          language.code(), first, growth, phrases, bench::percentile(waits, 0.5), bench::percentile(waits, 0.95),
          least);
      std::fflush(stdout);
      out.push_back({{"language", language.code()},
                     {"first", first},
                     {"growth", growth},
                     {"phrases", phrases},
                     {"first_sound_p50_ms", bench::percentile(waits, 0.5)},
                     {"first_sound_p95_ms", bench::percentile(waits, 0.95)},
                     {"least_margin_ms", least}});
    }
  }
  return out;
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path out = "build/bench/phrase_joins.json";
  CLI::App app("Speaks sentences whole and in phrases and compares pace, pitch and loudness at the joins.");
  app.add_option("result", out, "Where the JSON goes")->capture_default_str();
  bool only_joins = false;
  std::size_t most = 1000;
  app.add_option("--sentences", most, "Compare the joins of so many in each language at most");
  app.add_flag("--only-joins", only_joins, "Leave out the times to the first sound");
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));
  const auto engine = value_or_give_up(synthesis::Kokoro::load());
  nlohmann::json results{{"joins", nlohmann::json::array()}, {"first_phrases", nlohmann::json::array()}};
  const std::vector<Language> languages{value_or_give_up(Language::parse("en")),
                                        value_or_give_up(Language::parse("pt"))};
  const auto recognizers = value_or_give_up(recognition::Recognizers::load({}, languages));
  for (const Language& language : languages) {
    value_or_give_up(engine->measure_voice(engine->default_voice(language), language));
    for (const auto& row : joins(*engine, *value_or_give_up(recognizers.for_language(language)), language, most))
      results["joins"].push_back(row);
    if (only_joins) continue;
    for (const auto& row : first_phrases(*engine, language)) results["first_phrases"].push_back(row);
  }
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << results.dump(2) << '\n';
}
