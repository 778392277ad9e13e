// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/voice_statistics.h"

#include <cmath>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../voice/pack_file.h"

namespace parley::synthesis {
namespace {

using ::testing::HasSubstr;
using voice::testing::TemporaryDirectory;

constexpr StatisticsKey kKey{.voice = 0x89abcdef, .generator = 0x01234567};

VoiceStatistics numbered() {
  VoiceStatistics statistics{.level = 0.02F};
  for (std::size_t i = 0; i < statistics.base.size(); ++i) statistics.base[i] = static_cast<float>(i) - 5000.5F;
  return statistics;
}

class VoiceStatisticsFiles : public ::testing::Test {
 protected:
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / "v-en.stats";

  void save(const VoiceStatistics& statistics = numbered()) const {
    const auto saved = save_voice_statistics(file, statistics, kKey);
    ASSERT_TRUE(saved) << saved.error().message;
  }
  void expect_error(ErrorCode code, const StatisticsKey& key = kKey) const {
    const auto loaded = load_voice_statistics(file, key);
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().code, code) << loaded.error().message;
    EXPECT_THAT(loaded.error().message, HasSubstr(file.string()));
  }
};

TEST_F(VoiceStatisticsFiles, GiveBackWhatWasSaved) {
  save();
  const auto loaded = load_voice_statistics(file, kKey);
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_EQ(loaded->base, numbered().base);
  EXPECT_EQ(loaded->level, 0.02F);
}

TEST_F(VoiceStatisticsFiles, MakeTheirDirectory) {
  const auto deep = directory / "cache" / "voice-statistics" / "v-en.stats";
  ASSERT_TRUE(save_voice_statistics(deep, numbered(), kKey));
  EXPECT_TRUE(load_voice_statistics(deep, kKey));
}

TEST_F(VoiceStatisticsFiles, OfAnotherVoiceOrModelAreAsGoodAsNone) {
  save();
  expect_error(ErrorCode::kNotFound, {.voice = kKey.voice + 1, .generator = kKey.generator});
  expect_error(ErrorCode::kNotFound, {.voice = kKey.voice, .generator = kKey.generator + 1});
  expect_error(ErrorCode::kNotFound, {.voice = kKey.generator, .generator = kKey.voice});
}

TEST_F(VoiceStatisticsFiles, ThatAreMissingAreNotFound) { expect_error(ErrorCode::kNotFound); }

TEST_F(VoiceStatisticsFiles, ThatAreDamagedAreInvalid) {
  save();
  const auto size = std::filesystem::file_size(file);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary).seekp(static_cast<long>(size / 2)).put('x');
  expect_error(ErrorCode::kInvalid);
  save();
  std::filesystem::resize_file(file, size - 64);
  expect_error(ErrorCode::kInvalid);
  std::filesystem::resize_file(file, 0);
  expect_error(ErrorCode::kInvalid);
  std::ofstream(file) << "these are no statistics, but long enough to have a header of sixty-four bytes";
  expect_error(ErrorCode::kInvalid);
}

TEST_F(VoiceStatisticsFiles, WithValuesThatAreNoNumbersAreInvalid) {
  for (const float bad : {std::nanf(""), -std::numeric_limits<float>::infinity()}) {
    auto statistics = numbered();
    statistics.base.back() = bad;
    save(statistics);
    expect_error(ErrorCode::kInvalid);
    statistics = numbered();
    statistics.level = bad;
    save(statistics);
    expect_error(ErrorCode::kInvalid);
  }
}

TEST_F(VoiceStatisticsFiles, CannotBeSavedWhereThereCanBeNoDirectory) {
  save();
  const auto saved = save_voice_statistics(file / "below" / "v-en.stats", numbered(), kKey);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace parley::synthesis
