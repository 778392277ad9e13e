// SPDX-License-Identifier: GPL-3.0-or-later
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <numeric>
#include <span>

#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "kokoro_engine.h"
#include "synthesis/phonemes.h"
#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

using testing::kokoro;
using testing::language;
using testing::say;

// See tests/data/synthesis/make_golden.py.
nlohmann::json golden() {
  const char* root = std::getenv("PARLEY_SOURCE_DIR");
  std::ifstream stream(std::string(root != nullptr ? root : ".") + "/tests/data/synthesis/golden.json");
  return nlohmann::json::parse(stream);
}

double level_db(std::span<const std::int16_t> frame) {
  double power = 0.0;
  for (const double sample : frame) power += sample / 32767 * (sample / 32767);
  return 10 * std::log10(power / static_cast<double>(frame.size()) + 1e-10);
}

TEST(KokoroGolden, PhonemesAreTheReferences) {
  for (const auto& entry : golden()) {
    const auto spoken = language(entry["language"].get<std::string>());
    const auto text = text_for_speech(entry["text"].get<std::string>(), spoken);
    EXPECT_EQ(to_phonemes(text, *find_accent(spoken, entry["voice"].get<std::string>())).value_or(""),
              entry["phonemes"].get<std::string>());
  }
}

// The reference's int8 kernels may be others, on another processor: level by level, not sample by sample. The reference
// is not levelled, so that a constant difference is none.
TEST(KokoroGolden, LengthAndLevelsAreTheReferences) {
  const auto engine = kokoro();
  ASSERT_NE(engine, nullptr);
  for (const auto& entry : golden()) {
    const auto text = entry["text"].get<std::string>();
    const auto voice = entry["voice"].get<std::string>();
    const auto speech = say(*engine, {text, language(entry["language"].get<std::string>()), voice});
    ASSERT_TRUE(speech) << speech.error().message;
    EXPECT_NEAR(static_cast<double>(speech->size()) / audio::kSampleRate, entry["seconds"].get<double>(), 0.06) << text;
    const auto levels = entry["level_db"].get<std::vector<double>>();
    std::vector<double> differences;
    for (std::size_t i = 0; i < levels.size() && (i + 1) * audio::kFrameSamples <= speech->size(); ++i) {
      const auto frame = std::span(*speech).subspan(i * audio::kFrameSamples, audio::kFrameSamples);
      if (levels[i] > -45) differences.push_back(level_db(frame) - levels[i]);
    }
    ASSERT_GT(differences.size(), 20U) << text;
    const auto count = static_cast<double>(differences.size());
    const double gain = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
    double deviation = 0.0;
    for (const double difference : differences) deviation += std::abs(difference - gain) / count;
    EXPECT_LT(deviation, 1.5) << text;
    std::printf("%s: %.3f s, %+.1f dB, levels deviate by %.2f dB\n", text.c_str(),
                static_cast<double>(speech->size()) / audio::kSampleRate, gain, deviation);
  }
}

}  // namespace
}  // namespace parley::synthesis
