// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/mapped_file.h"

#include <fstream>

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(MappedFile, ShowsTheBytesOfAFileAlsoAfterAMove) {
  const auto path = std::filesystem::path(testing::TempDir()) / "mapped_file_test";
  std::ofstream(path) << "parley";
  auto file = MappedFile::open(path);
  ASSERT_TRUE(file);
  const MappedFile moved = std::move(*file);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(moved.bytes().data()), moved.bytes().size()), "parley");
}

TEST(MappedFile, SaysWhyAFileCannotBeMapped) {
  const auto directory = std::filesystem::path(testing::TempDir());
  const auto missing = MappedFile::open(directory / "no such file");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);

  std::ofstream(directory / "empty_file");
  const auto empty = MappedFile::open(directory / "empty_file");
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().code, ErrorCode::kInvalid);

  const auto folder = MappedFile::open(directory);
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace parley
