// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "base/paths.h"
#include "voice/voice_library.h"

namespace parley::voice {
namespace {

TEST(ShippedVoices, All54Load) {
  const auto library = VoiceLibrary::open(default_model_directory() / "kokoro" / "voices");
  ASSERT_TRUE(library) << library.error().message;
  EXPECT_EQ(library->voices().size(), 54U);
  for (const auto& voice : library->voices()) {
    EXPECT_FALSE(voice.language.empty()) << voice.name;
    const auto pack = library->find(voice.name);
    EXPECT_TRUE(pack) << pack.error().message;
  }
}

}  // namespace
}  // namespace parley::voice
