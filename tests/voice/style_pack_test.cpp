// SPDX-License-Identifier: GPL-3.0-or-later
#include "voice/style_pack.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "pack_file.h"

namespace parley::voice {
namespace {

using testing::numbered_pack;
using testing::TemporaryDirectory;
using testing::write_pack;

TEST(StylePack, GivesTheRowOfAPhraseLength) {
  const TemporaryDirectory directory;
  write_pack(directory / "v.bin", numbered_pack());
  const auto pack = StylePack::load(directory / "v.bin");
  ASSERT_TRUE(pack) << pack.error().message;
  EXPECT_EQ(pack->row(0).size(), StylePack::kColumns);
  EXPECT_EQ(pack->row(0)[0], 0.0F);
  EXPECT_EQ(pack->row(17)[255], 17.0F);
  EXPECT_EQ(pack->row(509)[0], 509.0F);
}

TEST(StylePack, LongerPhrasesTakeTheLastRow) {
  const TemporaryDirectory directory;
  write_pack(directory / "v.bin", numbered_pack());
  EXPECT_EQ(StylePack::load(directory / "v.bin")->row(100'000)[3], 509.0F);
}

TEST(StylePack, MissingFileIsNotFound) {
  const TemporaryDirectory directory;
  const auto pack = StylePack::load(directory / "nobody.bin");
  ASSERT_FALSE(pack);
  EXPECT_EQ(pack.error().code, ErrorCode::kNotFound);
}

TEST(StylePack, AnotherSizeIsInvalid) {
  const TemporaryDirectory directory;
  auto values = numbered_pack();
  values.pop_back();
  write_pack(directory / "short.bin", values);
  values.resize(values.size() + 2);
  write_pack(directory / "long.bin", values);
  write_pack(directory / "empty.bin", {});
  for (const auto* name : {"short.bin", "long.bin", "empty.bin"}) {
    const auto pack = StylePack::load(directory / name);
    ASSERT_FALSE(pack) << name;
    EXPECT_EQ(pack.error().code, ErrorCode::kInvalid) << name;
  }
}

TEST(StylePack, AValueThatIsNoNumberIsInvalidAndItsRowNamed) {
  const TemporaryDirectory directory;
  for (const float bad :
       {std::nanf(""), std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    auto values = numbered_pack();
    values[12 * StylePack::kColumns + 5] = bad;
    write_pack(directory / "v.bin", values);
    const auto pack = StylePack::load(directory / "v.bin");
    ASSERT_FALSE(pack);
    EXPECT_EQ(pack.error().code, ErrorCode::kInvalid);
    EXPECT_NE(pack.error().message.find("row 12"), std::string::npos) << pack.error().message;
  }
}

}  // namespace
}  // namespace parley::voice
