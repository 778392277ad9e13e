// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tiny_model.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;
using testing::TinyModel;

Result<MarianFile> parse(const std::vector<std::uint8_t>& bytes) {
  return MarianFile::parse(std::as_bytes(std::span(bytes)), "model.bin");
}

void overwrite(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value) {
  std::memcpy(&bytes[at], &value, sizeof value);
}

TEST(MarianFile, ShowsEveryTensorWhereItLies) {
  const TinyModel model;
  const auto bytes = model.bytes();
  const auto file = parse(bytes);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_EQ(file->tensors().size(), model.tensors.size() + 1);
  const Tensor* embedding = file->find("Wemb");
  ASSERT_NE(embedding, nullptr);
  EXPECT_EQ(embedding->type, TensorType::kIntgemm8);
  EXPECT_EQ(embedding->shape, (std::vector<std::uint32_t>{30, 16}));
  EXPECT_EQ(embedding->multiplier(), 100.0F);
  EXPECT_EQ(std::memcmp(embedding->data.data(), model.tensors.at("Wemb").data.data(), 30 * 16), 0);
  EXPECT_EQ(file->find("nothing"), nullptr);
}

TEST(MarianFile, AFileCutAnywhereIsRefused) {
  const auto bytes = TinyModel().bytes();
  for (std::size_t length = 0; length < bytes.size(); length += length < 6000 ? 1 : 97) {
    const std::vector<std::uint8_t> cut(
        bytes.begin(), bytes.begin() + static_cast<long>(length));  // its own block: ASan sees over-reads
    const auto file = parse(cut);
    ASSERT_FALSE(file.has_value()) << length << " bytes";
    EXPECT_EQ(file.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(file.error().message, HasSubstr("model.bin"));
  }
}

TEST(MarianFile, AnotherVersionIsRefused) {
  auto bytes = TinyModel().bytes();
  overwrite(bytes, 0, 2);
  EXPECT_THAT(parse(bytes).error().message, HasSubstr("version 1: it says 2"));
}

TEST(MarianFile, AbsurdCountsAndLengthsAreRefused) {
  for (const std::uint64_t absurd :
       {std::uint64_t{0}, std::uint64_t{1} << 32, std::uint64_t{1} << 59, ~std::uint64_t{0}}) {
    for (const std::size_t field :
         {8, 16, 32, 40}) {  // number of tensors; first tensor's name length, dimensions, data length
      auto bytes = TinyModel().bytes();
      overwrite(bytes, field, absurd);
      const auto file = parse(bytes);
      ASSERT_FALSE(file.has_value()) << absurd << " at " << field;
      EXPECT_EQ(file.error().code, ErrorCode::kInvalid);
    }
  }
}

TEST(MarianFile, AnUnknownTensorTypeIsUnsupported) {
  TinyModel model;
  model.tensors["Wemb"].type = 0x4102;
  const auto file = parse(model.bytes());
  EXPECT_EQ(file.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(file.error().message, HasSubstr("Wemb is of type 0x4102"));
}

TEST(MarianFile, AShapeThatDoesNotFitItsDataIsRefused) {
  for (const std::int32_t rows : {-1, 0, 31, 2'000'000'000}) {
    TinyModel model;
    model.tensors["Wemb"].shape[0] = rows;
    EXPECT_THAT(parse(model.bytes()).error().message, HasSubstr("Wemb")) << rows;
  }
}

TEST(MarianFile, ShapesWhoseProductWrapsAroundAreRefused) {
  TinyModel model;
  model.tensors["Wemb"].shape = {65536, 65536, 65536, 65536};
  EXPECT_EQ(parse(model.bytes()).error().code, ErrorCode::kInvalid);
}

TEST(MarianFile, ANameThatDoesNotEndIsRefused) {
  auto bytes = TinyModel().bytes();
  const auto names = std::search(bytes.begin(), bytes.end(), "Wemb", "Wemb" + 5);
  ASSERT_NE(names, bytes.end());
  *(names + 4) = 'X';
  EXPECT_EQ(parse(bytes).error().code, ErrorCode::kInvalid);
}

TEST(MarianFile, AFileThatIsNotThereIsNotFound) {
  const auto file = MarianFile::open("/nonexistent/model.bin");
  EXPECT_EQ(file.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(file.error().message, HasSubstr("make models"));
}

TEST(MarianFile, AnEmptyFileAndADirectoryAreInvalid) {
  const auto directory = std::filesystem::path(::testing::TempDir()) / "parley-empty-model";
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "model.bin");
  EXPECT_EQ(MarianFile::open(directory / "model.bin").error().code, ErrorCode::kInvalid);
  EXPECT_EQ(MarianFile::open(directory).error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace parley::translation
