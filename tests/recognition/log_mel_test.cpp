// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/log_mel.h"

#include <cmath>
#include <fstream>
#include <numbers>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "test_signals.h"

namespace parley::recognition {
namespace {

/// The signal of make_log_mel_golden.py.
std::vector<float> golden_signal() {
  std::vector<float> samples(16000);
  test::Noise noise;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double t = static_cast<double>(i) / 16000.0;
    const double turn = 2.0 * std::numbers::pi;
    samples[i] = static_cast<float>(0.3 * std::sin(turn * 440.0 * t) +
                                    0.2 * std::sin(turn * (300.0 * t + 1500.0 * t * t)) + 0.01 * noise.next());
  }
  return samples;
}

TEST(LogMel, EqualsTheReferenceInNumpy) {
  std::ifstream file(std::string(std::getenv("PARLEY_SOURCE_DIR")) + "/tests/data/recognition/log_mel.json");
  const auto golden = nlohmann::json::parse(file);
  const auto frames = golden["frames"].get<std::size_t>();
  const auto mel = LogMel().compute(golden_signal(), frames);
  ASSERT_EQ(mel.size(), LogMel::kBands * frames);
  for (const auto& [frame, column] : golden["columns"].items()) {
    for (std::size_t band = 0; band < LogMel::kBands; ++band) {
      EXPECT_NEAR(mel[band * frames + std::stoul(frame)], column[band].get<float>(), 2e-4)
          << "frame " << frame << " band " << band;
    }
  }
}

TEST(LogMel, SilenceIsFlat) {
  // Nothing but the least energy, 1e-10: (log10(1e-10) + 4) / 4.
  for (float value : LogMel().compute({}, 50)) EXPECT_FLOAT_EQ(value, -1.5F);
}

TEST(LogMel, TakesAnyLengthUpToTheWindow) {
  const LogMel mel;
  EXPECT_TRUE(mel.compute({}, 0).empty());
  EXPECT_EQ(mel.compute(std::vector<float>(1, 0.5F), 1).size(), LogMel::kBands);
  EXPECT_EQ(mel.compute(std::vector<float>(1600, 0.5F), 10).size(), LogMel::kBands * 10);
}

TEST(LogMel, ServesSeveralThreadsAtOnce) {
  const LogMel mel;
  const auto signal = golden_signal();
  const auto alone = mel.compute(signal, 100);
  std::vector<std::vector<float>> results(4);
  std::vector<std::thread> threads;
  for (auto& result : results) threads.emplace_back([&] { result = mel.compute(signal, 100); });
  for (auto& thread : threads) thread.join();
  for (const auto& result : results) EXPECT_EQ(result, alone);
}

}  // namespace
}  // namespace parley::recognition
