// SPDX-License-Identifier: GPL-3.0-or-later
#include "voice/voice_library.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "pack_file.h"

namespace parley::voice {
namespace {

using testing::numbered_pack;
using testing::TemporaryDirectory;
using testing::write_pack;

TEST(DescribeVoice, ReadsLanguageAndSexFromTheName) {
  EXPECT_EQ(describe_voice("af_heart").language.code(), "en");
  EXPECT_EQ(describe_voice("bm_george").language.code(), "en");
  EXPECT_EQ(describe_voice("pf_dora").language.code(), "pt");
  EXPECT_EQ(describe_voice("zm_yunxi").language.code(), "zh");
  EXPECT_EQ(describe_voice("pf_dora").sex, Sex::kFemale);
  EXPECT_EQ(describe_voice("bm_george").sex, Sex::kMale);
}

TEST(DescribeVoice, AFreeNameTellsNothing) {
  for (const auto* name : {"maria", "x", "", "qf_nobody", "ax_other", "pf_"}) {
    EXPECT_TRUE(describe_voice(name).language.empty()) << name;
    EXPECT_EQ(describe_voice(name).sex, Sex::kUnknown) << name;
  }
}

class VoiceLibraryTest : public ::testing::Test {
 protected:
  VoiceLibraryTest() {
    for (const auto* name : {"pf_dora.bin", "pm_alex.bin", "af_heart.bin", "am_adam.bin"})
      write_pack(directory_ / name, numbered_pack());
    write_pack(directory_ / "notes.txt", {});
  }
  TemporaryDirectory directory_;
};

TEST_F(VoiceLibraryTest, ListsItsVoicesByName) {
  const auto library = VoiceLibrary::open(directory_.path());
  ASSERT_TRUE(library) << library.error().message;
  std::vector<std::string> names;
  for (const auto& voice : library->voices()) names.push_back(voice.name);
  EXPECT_EQ(names, (std::vector<std::string>{"af_heart", "am_adam", "pf_dora", "pm_alex"}));
}

TEST_F(VoiceLibraryTest, ReadsAPackOnce) {
  const auto library = VoiceLibrary::open(directory_.path());
  const auto first = library->find("pf_dora");
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(*first, *library->find("pf_dora"));
}

TEST_F(VoiceLibraryTest, AnUnknownVoiceIsNotFoundAndItsNeighboursNamed) {
  const auto library = VoiceLibrary::open(directory_.path());
  for (const auto* wish : {"pf_doro", "dora"}) {
    const auto pack = library->find(wish);
    ASSERT_FALSE(pack) << wish;
    EXPECT_EQ(pack.error().code, ErrorCode::kNotFound);
    EXPECT_NE(pack.error().message.find("the nearest are pf_dora"), std::string::npos) << pack.error().message;
  }
}

TEST_F(VoiceLibraryTest, AVoiceIsNoPath) {
  const auto library = VoiceLibrary::open(directory_.path());
  for (const auto* wish : {"../pf_dora", "/etc/passwd", "", "pf_dora.bin"})
    EXPECT_EQ(library->find(wish).error().code, ErrorCode::kNotFound);
}

TEST_F(VoiceLibraryTest, ADamagedPackHarmsNoOther) {
  write_pack(directory_ / "pf_broken.bin", {});
  const auto library = VoiceLibrary::open(directory_.path());
  EXPECT_EQ(library->find("pf_broken").error().code, ErrorCode::kInvalid);
  EXPECT_TRUE(library->find("pf_dora"));
}

TEST_F(VoiceLibraryTest, ADirectoryWithoutVoicesIsNotFound) {
  EXPECT_EQ(VoiceLibrary::open(directory_ / "missing").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(VoiceLibrary::open(directory_ / "notes.txt").error().code, ErrorCode::kNotFound);
  std::filesystem::create_directory(directory_ / "empty");
  EXPECT_EQ(VoiceLibrary::open(directory_ / "empty").error().code, ErrorCode::kNotFound);
}

TEST_F(VoiceLibraryTest, ManyThreadsGetTheSamePack) {
  const auto library = VoiceLibrary::open(directory_.path());
  std::vector<std::jthread> threads;
  std::vector<std::shared_ptr<const StylePack>> packs(4);
  for (auto& pack : packs) threads.emplace_back([&] { pack = library->find("af_heart").value(); });
  threads.clear();
  for (const auto& pack : packs) EXPECT_EQ(pack, packs[0]);
}

}  // namespace
}  // namespace parley::voice
