// SPDX-License-Identifier: GPL-3.0-or-later
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <limits>

#include "base/paths.h"
#include "kokoro_engine.h"
#include "voice/style_pack.h"

namespace parley::synthesis {
namespace {

using testing::language;
using testing::say;

/// A model directory of links to the real files, in which a test breaks one.
class KokoroFilesTest : public ::testing::Test {
 protected:
  KokoroFilesTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "parley-kokoro-XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(directory_ / "voices");
    for (const auto* file : {"front.onnx", "generator.bin", "tokens.json", "voices/af_heart.bin"}) {
      std::filesystem::create_symlink(default_model_directory() / "kokoro" / file, directory_ / file);
    }
  }
  ~KokoroFilesTest() override { std::filesystem::remove_all(directory_); }

  void replace(const std::string& file, std::string_view content) {
    std::filesystem::remove(directory_ / file);
    std::ofstream(directory_ / file, std::ios::binary) << content;
  }

  Result<std::shared_ptr<const Kokoro>> load() const {
    KokoroConfig config;
    config.directory = directory_;
    config.voices = {{"en", "af_heart"}};
    config.measure_voices = false;
    return Kokoro::load(config);
  }

  Error failure() const {
    const auto engine = load();
    EXPECT_FALSE(engine);
    return engine ? Error{} : engine.error();
  }

  std::filesystem::path directory_;
};

TEST_F(KokoroFilesTest, EveryMissingFileIsNotFoundAndNamed) {
  for (const auto* file : {"front.onnx", "generator.bin", "tokens.json", "voices/af_heart.bin"}) {
    const auto target = std::filesystem::read_symlink(directory_ / file);
    std::filesystem::remove(directory_ / file);
    const Error error = failure();
    EXPECT_EQ(error.code, ErrorCode::kNotFound) << file;
    EXPECT_NE(error.message.find(directory_.string()), std::string::npos) << error.message;
    std::filesystem::create_symlink(target, directory_ / file);
  }
}

TEST_F(KokoroFilesTest, ACorruptModelIsInvalid) {
  replace("front.onnx", "this is no model");
  EXPECT_EQ(failure().code, ErrorCode::kInvalid);
}

TEST_F(KokoroFilesTest, AnotherModelIsInvalid) {
  std::filesystem::remove(directory_ / "front.onnx");
  std::filesystem::create_symlink(default_model_directory() / "silero_vad.onnx", directory_ / "front.onnx");
  const Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_NE(error.message.find("tokens"), std::string::npos) << error.message;
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

TEST_F(KokoroFilesTest, ATruncatedOrDamagedWeightFileIsInvalidAndNamed) {
  const std::string whole = content_of(directory_ / "generator.bin");
  std::string damaged = whole;
  damaged[damaged.size() / 2] ^= 1;
  for (const std::string_view content :
       {std::string_view("this is no model, but it is longer than a header of 64 bytes is"),
        std::string_view(whole).substr(0, 63), std::string_view(whole).substr(0, 5000),
        std::string_view(whole).substr(0, whole.size() - 1), std::string_view(damaged)}) {
    replace("generator.bin", content);
    const Error error = failure();
    EXPECT_EQ(error.code, ErrorCode::kInvalid);
    EXPECT_NE(error.message.find("generator.bin"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("make models"), std::string::npos) << error.message;
  }
}

TEST_F(KokoroFilesTest, AVoiceWithAValueThatIsNoNumberIsInvalid) {
  std::string pack = content_of(directory_ / "voices/af_heart.bin");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::memcpy(pack.data() + 1000, &nan, sizeof nan);
  replace("voices/af_heart.bin", pack);
  const Error error = failure();
  EXPECT_EQ(error.code, ErrorCode::kInvalid);
  EXPECT_NE(error.message.find("no number"), std::string::npos) << error.message;
}

TEST_F(KokoroFilesTest, ACorruptTokenTableIsInvalid) {
  replace("tokens.json", "{}");
  EXPECT_EQ(failure().code, ErrorCode::kInvalid);
}

TEST_F(KokoroFilesTest, ACorruptVoiceIsInvalid) {
  replace("voices/af_heart.bin", "short");
  EXPECT_EQ(failure().code, ErrorCode::kInvalid);
}

TEST_F(KokoroFilesTest, WrongSettingsAreInvalid) {
  EXPECT_EQ(Kokoro::load({.threads = 0}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Kokoro::load({.voices = {{"xx", "af_heart"}}}).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(Kokoro::load({.voices = {{"en", "af_nobody"}}}).error().code, ErrorCode::kNotFound);
}

TEST_F(KokoroFilesTest, AVoiceThatMakesTheModelFailIsAnErrorOfItsPhraseAlone) {
  std::vector<float> absurd(voice::StylePack::kRows * voice::StylePack::kColumns, 0.0F);
  for (std::size_t i = 0; i < absurd.size(); ++i) {
    if (i % voice::StylePack::kColumns < 128)
      absurd[i] = 3e38F;  // the timbre; the prosody stays, and with it the phrase's length
  }
  replace("voices/af_absurd.bin", {reinterpret_cast<const char*>(absurd.data()), absurd.size() * sizeof(float)});
  const auto engine = load();
  ASSERT_TRUE(engine) << engine.error().message;
  const auto speech = say(**engine, {"Hello.", language("en"), "af_absurd"});
  ASSERT_FALSE(speech);
  EXPECT_EQ(speech.error().code, ErrorCode::kInternal);
  EXPECT_TRUE(say(**engine, {"Hello.", language("en"), "af_heart"}));
}

}  // namespace
}  // namespace parley::synthesis
