// SPDX-License-Identifier: GPL-3.0-or-later
// Voice activity detection: time for one window of 32 ms, one thread; of one speaker, and of many at once.
//   bench_vad [RESULT.json]
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "audio/vad.h"
#include "audio/wav.h"
#include "base/clock.h"
#include "base/paths.h"

namespace {

using namespace parley;

constexpr int kPasses = 20;
constexpr std::size_t kSpeakers = 32;

[[noreturn]] void give_up(const Error& error) {
  fmt::print(stderr, "bench_vad: {}\n", error.message);
  std::exit(1);
}

/// Milliseconds of every feed() that completed a window.
std::vector<double> time_windows(audio::VadStream& stream, const std::vector<std::int16_t>& samples) {
  std::vector<double> times;
  audio::Frame frame;
  for (std::size_t at = 0; at + frame.size() <= samples.size(); at += frame.size()) {
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), frame.size(), frame.begin());
    const auto start = SteadyClock::now();
    const auto window = stream.feed(frame);
    const double elapsed = elapsed_ms(start);
    if (!window) give_up(window.error());
    if (*window) times.push_back(elapsed);
  }
  return times;
}

/// Milliseconds that a window takes where many speakers are judged at once.
double time_batch(const std::shared_ptr<const audio::VadModel>& model, const std::vector<std::int16_t>& samples) {
  std::vector<audio::VadStream> streams(kSpeakers, audio::VadStream(model));
  audio::VadBatch batch;
  audio::Frame frame;
  double elapsed = 0.0;
  std::size_t windows = 0;
  for (std::size_t at = 0; at + frame.size() <= samples.size(); at += frame.size()) {
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(at), frame.size(), frame.begin());
    const auto start = SteadyClock::now();
    for (audio::VadStream& stream : streams) {
      if (stream.take(frame)) batch.add(stream);
    }
    const auto& judged = batch.judge();
    elapsed += elapsed_ms(start);
    windows += judged.size();
    for (const auto& window : judged) {
      if (!window) give_up(window.error());
    }
  }
  return elapsed / static_cast<double>(windows);
}

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : "build/bench/vad.json";
  const auto model = audio::VadModel::load(default_model_directory() / "silero_vad.onnx");
  if (!model) give_up(model.error());
  const auto speech = audio::read_recording(cache_directory() / "sounds" / "en_US_f_Allison" / "tt-allbusy.wav");
  if (!speech) give_up(speech.error());

  audio::VadStream stream(*model);
  std::vector<double> times;
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto more = time_windows(stream, *speech);
    times.insert(times.end(), more.begin(), more.end());
  }
  std::ranges::sort(times);
  const double in_batch = time_batch(*model, *speech);
  const nlohmann::json result{{"windows", times.size()},
                              {"mean_of_32_speakers_ms", in_batch},
                              {"min_ms", times.front()},
                              {"median_ms", times[times.size() / 2]},
                              {"p99_ms", times[times.size() * 99 / 100]}};
  fmt::print("voice activity detection, 32 ms: min {:.3f}, median {:.3f}, p99 {:.3f} ms ({} windows)\n",
             result["min_ms"].get<double>(), result["median_ms"].get<double>(), result["p99_ms"].get<double>(),
             times.size());
  fmt::print("of {} speakers at once: {:.3f} ms each\n", kSpeakers, in_batch);
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << result.dump(2) << '\n';
}
