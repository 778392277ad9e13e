// SPDX-License-Identifier: GPL-3.0-or-later
// What playing faster or slower does to speech: twenty English sentences are spoken, stretched and transcribed back;
// pitch, duration and the time it takes are measured.
//   bench_time_stretch [RESULT.json]
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "audio/time_stretch.h"
#include "audio/wav.h"
#include "base/clock.h"
#include "base/log.h"
#include "give_up.h"
#include "pitch.h"
#include "recognition/registry.h"
#include "results.h"
#include "synthesis/kokoro.h"
#include "word_errors.h"

namespace {

using namespace parley;
using bench::value_or_give_up;
using Samples = std::vector<std::int16_t>;

struct Sentence {
  std::string text;
  Samples samples;
};

std::vector<Sentence> spoken_sentences(const Language& language) {
  const auto engine = value_or_give_up(synthesis::Kokoro::load());
  const std::string voice = engine->default_voice(language);
  value_or_give_up(engine->measure_voice(voice, language));
  std::ifstream file(PARLEY_BENCH_DATA "/spoken-sentences-en.txt");
  std::vector<Sentence> sentences;
  for (std::string line; std::getline(file, line);) {
    Sentence sentence{line, {}};
    const auto stream = value_or_give_up(engine->synthesize({.phrase = line, .language = language, .voice = voice}));
    for (Samples chunk = value_or_give_up(stream->next()); !chunk.empty(); chunk = value_or_give_up(stream->next()))
      sentence.samples.insert(sentence.samples.end(), chunk.begin(), chunk.end());
    sentences.push_back(std::move(sentence));
  }
  if (sentences.empty()) bench::give_up("there are no sentences in " PARLEY_BENCH_DATA);
  return sentences;
}

/// As the playout does it, frame by frame; adds what each frame took.
Samples stretched(const Samples& source, float tempo, std::vector<double>& frame_us) {
  audio::TimeStretch stretch;
  stretch.set_tempo(tempo);
  Samples out;
  audio::Frame frame;
  for (std::size_t written = 0; written < source.size() || stretch.waiting() > 0;) {
    const auto began = SteadyClock::now();
    const std::size_t count = std::min(stretch.room(), source.size() - written);
    stretch.write(std::span(source).subspan(written, count));
    written += count;
    const auto progress = stretch.read(frame);
    frame_us.push_back(elapsed_ms(began) * 1000.0);
    out.insert(out.end(), frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(progress.given));
  }
  return out;
}

nlohmann::json measure(const std::vector<Sentence>& sentences, const recognition::Recognizer& recognizer,
                       const Language& language, float tempo, const std::filesystem::path& recordings) {
  bench::WordErrors errors;
  std::vector<double> frame_us, pitch_errors, factors;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    const auto& [text, source] = sentences[i];
    const Samples played = stretched(source, tempo, frame_us);
    const auto own = bench::median_pitch(bench::pitch_track(source));
    const auto kept = bench::median_pitch(bench::pitch_track(played));
    if (own && kept) pitch_errors.push_back(std::abs(*kept / *own - 1.0));
    factors.push_back(static_cast<double>(source.size()) / static_cast<double>(played.size()));
    auto stream = value_or_give_up(recognizer.open({"bench", "bench", language}));
    stream->feed(played);
    const auto heard = value_or_give_up(stream->finish()).text;
    errors += bench::count_word_errors(bench::normalized_english(text), bench::normalized_english(heard));
    if (!recordings.empty())
      value_or_give_up(audio::write_recording(recordings / fmt::format("{:02}-{:.2f}.wav", i, tempo), played));
  }
  fmt::print(
      "tempo {:.2f}: {} of {} words wrong; faster by {:.3f} ({:.3f} to {:.3f}); pitch off by {:.2f} % p50, {:.2f} % "
      "p95; {:.1f} us a frame p50, {:.1f} p99\n",
      tempo, errors.errors, errors.words, bench::percentile(factors, 0.5), bench::percentile(factors, 0.0),
      bench::percentile(factors, 1.0), 100 * bench::percentile(pitch_errors, 0.5),
      100 * bench::percentile(pitch_errors, 0.95), bench::percentile(frame_us, 0.5), bench::percentile(frame_us, 0.99));
  std::fflush(stdout);
  return {{"tempo", tempo},
          {"words", errors.words},
          {"errors", errors.errors},
          {"factor_p50", bench::percentile(factors, 0.5)},
          {"pitch_error_p50", bench::percentile(pitch_errors, 0.5)},
          {"pitch_error_p95", bench::percentile(pitch_errors, 0.95)},
          {"frame_us_p50", bench::percentile(frame_us, 0.5)},
          {"frame_us_p99", bench::percentile(frame_us, 0.99)}};
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path out = "build/bench/time_stretch.json";
  std::filesystem::path recordings;
  CLI::App app(
      "Speaks twenty English sentences, plays them faster and slower, transcribes them and measures pitch and time.");
  app.add_option("result", out, "Where the JSON goes")->capture_default_str();
  app.add_option("--recordings", recordings, "A directory to keep what was played in, to listen to");
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));
  const auto language = value_or_give_up(Language::parse("en"));
  const auto sentences = spoken_sentences(language);
  const auto recognizers = value_or_give_up(recognition::Recognizers::load({}, std::span(&language, 1)));
  const auto recognizer = value_or_give_up(recognizers.for_language(language));
  if (!recordings.empty()) std::filesystem::create_directories(recordings);
  nlohmann::json results = nlohmann::json::array();
  for (const float tempo : {0.85F, 0.9F, 1.0F, 1.1F, 1.18F, 1.25F})
    results.push_back(measure(sentences, *recognizer, language, tempo, recordings));
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << results.dump(2) << '\n';
}
