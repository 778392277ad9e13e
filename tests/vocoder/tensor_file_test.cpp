// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/tensor_file.h"

#include <sys/resource.h>

#include <bit>
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/crc.hpp>

#include "support/temporary_directory.h"

namespace parley::vocoder {
namespace {

using support::TemporaryDirectory;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr TensorFileKind kKind{'P', 'A', 'R', 'L', 'E', 'Y', 'T', 'T'};
constexpr std::uint32_t kVersion = 3;

// The layout, as docs/kokoro-files.md has it.
constexpr std::size_t kHeader = 64;
constexpr std::size_t kEntry = 128;
constexpr std::size_t kVersionAt = 8;
constexpr std::size_t kCountAt = 12;
constexpr std::size_t kSizeAt = 16;
constexpr std::size_t kCrcAt = 24;
constexpr std::size_t kTypeAt = 56;  // of an entry, as those below
constexpr std::size_t kRankAt = 60;
constexpr std::size_t kDimsAt = 64;
constexpr std::size_t kOffsetAt = 96;
constexpr std::size_t kBytesAt = 104;

const std::vector<float> kFloats{1.5F, -2.0F, 0.0F, 1e-30F, 3e38F, -0.25F};
const std::vector<std::int32_t> kInts{-7, std::numeric_limits<std::int32_t>::min(), 12};
const std::vector<std::uint8_t> kBytes{0, 1, 128, 255, 9};

template <typename T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code);
}

class TensorFiles : public ::testing::Test {
 protected:
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / "tensors.bin";

  void SetUp() override { ASSERT_TRUE(write(usual())); }

  static std::vector<NamedTensor> usual() {
    return {{"floats", {2, 3}, std::span(kFloats)},
            {"ints", {3}, std::span(kInts)},
            {"bytes", {1, 5, 1}, std::span(kBytes)}};
  }
  Result<void> write(const std::vector<NamedTensor>& tensors) const {
    return write_tensor_file(file, kKind, kVersion, tensors);
  }
  Result<TensorFile> open() const { return TensorFile::open(file, kKind, kVersion); }

  std::vector<char> read() const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void overwrite(const std::vector<char>& bytes) const {
    std::ofstream(file, std::ios::binary | std::ios::trunc).write(bytes.data(), static_cast<long>(bytes.size()));
  }

  /// The usual file with a change, its size and checksum made right again.
  template <typename Change>
  void write_with(const Change& change) const {
    ASSERT_TRUE(write(usual()));
    auto bytes = read();
    change(bytes);
    put(bytes, kSizeAt, std::uint64_t{bytes.size()});
    boost::crc_32_type crc;
    crc.process_bytes(bytes.data() + kHeader, bytes.size() - kHeader);
    put(bytes, kCrcAt, std::uint32_t{crc.checksum()});
    overwrite(bytes);
  }

  template <typename T>
  static void put(std::vector<char>& bytes, std::size_t at, T value) {
    std::memcpy(&bytes.at(at), &value, sizeof value);
  }

  /// The field of one entry changed, in an otherwise sound file.
  template <typename T>
  void write_with_field(std::size_t entry, std::size_t field, T value) const {
    write_with([&](std::vector<char>& bytes) { put(bytes, kHeader + entry * kEntry + field, value); });
  }

  void expect_refused(std::string_view why) const {
    const auto opened = open();
    ASSERT_FALSE(opened) << why;
    EXPECT_EQ(code_of(opened), ErrorCode::kInvalid) << opened.error().message;
    EXPECT_THAT(opened.error().message, HasSubstr(file.string()));
    EXPECT_THAT(opened.error().message, HasSubstr(std::string(why)));
  }

  std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path()))
      names.insert(entry.path().filename().string());
    return names;
  }
};

TEST_F(TensorFiles, GiveBackWhatWasWritten) {
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_THAT(*opened->floats("floats", {2, 3}), ::testing::ElementsAreArray(kFloats));
  EXPECT_THAT(*opened->ints("ints", {3}), ::testing::ElementsAreArray(kInts));
  EXPECT_THAT(*opened->bytes("bytes", {1, 5, 1}), ::testing::ElementsAreArray(kBytes));
  EXPECT_THAT(*opened->shape("bytes"), ElementsAre(1, 5, 1));
  EXPECT_EQ(files(), std::set<std::string>{"tensors.bin"});
}

TEST_F(TensorFiles, BeginEveryTensorOnACacheLine) {
  const auto opened = open();
  for (const void* data : {static_cast<const void*>(opened->floats("floats", {2, 3})->data()),
                           static_cast<const void*>(opened->ints("ints", {3})->data()),
                           static_cast<const void*>(opened->bytes("bytes", {1, 5, 1})->data())})
    EXPECT_EQ(std::bit_cast<std::uintptr_t>(data) % 64, 0U);
}

TEST_F(TensorFiles, LieByteForByteAsDocumented) {
  const auto bytes = read();
  // Header, three entries, and three tensors of less than 64 bytes each.
  ASSERT_EQ(bytes.size(), kHeader + 3 * kEntry + 3 * 64);
  const auto word = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, &bytes[at], sizeof value);
    return value;
  };
  EXPECT_EQ(std::string(bytes.data(), 8), "PARLEYTT");
  EXPECT_EQ(word(kVersionAt), kVersion);
  EXPECT_EQ(word(kCountAt), 3U);
  EXPECT_EQ(word(kSizeAt), bytes.size());
  const std::size_t ints = kHeader + kEntry;
  EXPECT_STREQ(&bytes[ints], "ints");
  EXPECT_EQ(word(ints + kTypeAt), 3U);
  EXPECT_EQ(word(ints + kRankAt), 1U);
  EXPECT_EQ(word(ints + kDimsAt), 3U);
  EXPECT_EQ(word(ints + kDimsAt + 8), 1U);
  EXPECT_EQ(word(ints + kOffsetAt), kHeader + 3 * kEntry + 64);
  EXPECT_EQ(word(ints + kBytesAt), 12U);
  EXPECT_EQ(static_cast<std::int32_t>(word(word(ints + kOffsetAt))), -7);
}

TEST_F(TensorFiles, AreToldApartByTheirChecksum) {
  const auto first = open()->checksum();
  ASSERT_TRUE(write(usual()));
  EXPECT_EQ(open()->checksum(), first);
  auto other = usual();
  other[0].name = "flows";
  ASSERT_TRUE(write(other));
  EXPECT_NE(open()->checksum(), first);
}

TEST_F(TensorFiles, MayBeWithoutTensorsAndHaveManyOfEveryRank) {
  ASSERT_TRUE(write({}));
  EXPECT_TRUE(open());
  std::vector<NamedTensor> many;
  for (int i = 0; i < 500; ++i) {
    TensorFile::Shape shape(static_cast<std::size_t>(i % 4) + 1, 1);
    shape.back() = 5;
    many.push_back({fmt::format("tensor.{}", i), shape, std::span(kBytes)});
  }
  ASSERT_TRUE(write(many));
  const auto opened = open();
  ASSERT_TRUE(opened) << opened.error().message;
  for (const auto& tensor : many) EXPECT_TRUE(opened->bytes(tensor.name, tensor.shape)) << tensor.name;
}

TEST_F(TensorFiles, TakeNamesUpTo55Bytes) {
  const std::string longest(55, 'n');
  ASSERT_TRUE(write({{longest, {3}, std::span(kInts)}}));
  EXPECT_TRUE(open()->ints(longest, {3}));
}

TEST_F(TensorFiles, SayWhatTensorIsMissingOrDifferent) {
  const auto opened = open();
  const auto expect = [](const auto& result, std::string_view name) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(result.error().message, HasSubstr(fmt::format("\"{}\"", name)));
  };
  expect(opened->floats("nothing", {1}), "nothing");
  expect(opened->shape("nothing"), "nothing");
  expect(opened->shape(""), "");
  expect(opened->floats("floats", {3, 2}), "floats");
  expect(opened->floats("floats", {6}), "floats");
  expect(opened->floats("floats", {}), "floats");
  expect(opened->floats("floats", {2, 3, 1}), "floats");
  expect(opened->ints("floats", {2, 3}), "floats");
  expect(opened->bytes("floats", {2, 3}), "floats");
  expect(opened->floats("ints", {3}), "ints");
  expect(opened->floats("bytes", {1, 5, 1}), "bytes");
}

TEST_F(TensorFiles, RefuseFloatsThatAreNoNumbers) {
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const std::vector<float> values{1.0F, bad};
    ASSERT_TRUE(write({{"bad", {2}, std::span(values)}, {"good", {6}, std::span(kFloats)}}));
    const auto opened = open();
    ASSERT_TRUE(opened);
    EXPECT_TRUE(opened->floats("good", {6}));
    const auto floats = opened->floats("bad", {2});
    ASSERT_FALSE(floats);
    EXPECT_EQ(floats.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(floats.error().message, HasSubstr("\"bad\""));
  }
}

TEST_F(TensorFiles, ThatAreMissingAreNotFound) {
  const auto opened = TensorFile::open(directory / "nothing.bin", kKind, kVersion);
  ASSERT_FALSE(opened);
  EXPECT_EQ(code_of(opened), ErrorCode::kNotFound);
}

TEST_F(TensorFiles, RefuseAnEmptyFileAndADirectory) {
  overwrite({});
  EXPECT_EQ(code_of(open()), ErrorCode::kInvalid);
  EXPECT_EQ(code_of(TensorFile::open(directory.path(), kKind, kVersion)), ErrorCode::kInvalid);
}

/// Where a part of a file of so many bytes begins or ends, and some places between; each file written costs a while.
std::set<std::size_t> cuts(std::size_t size) {
  std::set<std::size_t> at;
  for (std::size_t i = 0; i < size; i += 17) at.insert(i);
  for (std::size_t i = kHeader; i <= size; i += 64) at.insert({i - 1, i, i + 1});
  for (const std::size_t end : {kVersionAt, kCountAt, kSizeAt, kCrcAt, kCrcAt + 4}) at.insert(end);
  at.erase(at.lower_bound(size), at.end());
  return at;
}

TEST_F(TensorFiles, RefuseToBeCutAnywhere) {
  const auto bytes = read();
  for (const std::size_t size : cuts(bytes.size())) {
    overwrite({bytes.begin(), bytes.begin() + static_cast<long>(size)});
    ASSERT_EQ(code_of(open()), ErrorCode::kInvalid) << size;
  }
}

TEST_F(TensorFiles, RefuseToBeCutEvenWithTheRightSizeAndChecksum) {
  const std::size_t whole = read().size();
  for (const std::size_t size : cuts(whole)) {
    if (size < kHeader) continue;
    write_with([&](std::vector<char>& bytes) { bytes.resize(size); });
    const auto opened = open();
    // The padding behind the last tensor is no part of it.
    if (size >= whole - 64 + kBytes.size()) {
      ASSERT_TRUE(opened) << size;
    } else {
      ASSERT_EQ(code_of(opened), ErrorCode::kInvalid) << size;
    }
  }
}

TEST_F(TensorFiles, RefuseAFlippedBitInEveryByte) {
  const auto bytes = read();
  for (std::size_t i = 0; i < bytes.size(); i += i < kHeader ? 1 : 5) {
    if (i >= kCrcAt + 4 && i < kHeader) continue;  // unused
    auto flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 1 << i % 8);
    overwrite(flipped);
    if (i == kCountAt) continue;  // fewer tensors: those behind are missing
    ASSERT_EQ(code_of(open()), ErrorCode::kInvalid) << i;
  }
}

TEST_F(TensorFiles, LackTheTensorsTheirHeaderDoesNotCount) {
  auto bytes = read();
  put(bytes, kCountAt, std::uint32_t{2});
  overwrite(bytes);
  const auto opened = open();
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->ints("ints", {3}));
  EXPECT_EQ(code_of(opened->bytes("bytes", {1, 5, 1})), ErrorCode::kInvalid);
}

TEST_F(TensorFiles, SayWhatIsWrongWithTheHeader) {
  EXPECT_THAT(TensorFile::open(file, {'P', 'A', 'R', 'L', 'E', 'Y', 'V', 'G'}, kVersion).error().message,
              HasSubstr("does not begin with PARLEYVG"));
  EXPECT_THAT(TensorFile::open(file, kKind, kVersion + 1).error().message,
              HasSubstr("is of version 3, and this program reads 4"));
  auto longer = read();
  longer.push_back(0);
  overwrite(longer);
  expect_refused("has 641 bytes instead of 640");
  auto checksum = read();
  checksum.pop_back();
  checksum[kCrcAt] = static_cast<char>(checksum[kCrcAt] ^ 1);
  overwrite(checksum);
  expect_refused("has a wrong checksum");
  overwrite(std::vector<char>(checksum.begin(), checksum.begin() + 63));
  expect_refused("is too short");
}

TEST_F(TensorFiles, RefuseADirectoryThatDoesNotFit) {
  for (const std::uint32_t count : {8U, 4096U, 4097U, 1U << 31, ~0U}) {
    write_with([&](std::vector<char>& bytes) { put(bytes, kCountAt, count); });
    expect_refused("has no room for its directory");
  }
}

TEST_F(TensorFiles, RefuseTypesAndRanksThatDoNotExist) {
  for (const std::uint32_t type : {0U, 4U, ~0U}) {
    write_with_field(1, kTypeAt, type);
    expect_refused("a tensor \"ints\" of no known type");
  }
  for (const std::uint32_t rank : {0U, 5U, 1U << 31, ~0U}) {
    write_with_field(1, kRankAt, rank);
    expect_refused("a tensor \"ints\" of no known type");
  }
}

TEST_F(TensorFiles, RefuseTensorsThatLieOutside) {
  const std::uint64_t size = read().size();
  for (const std::uint64_t offset :
       {size, size - 1, size + 64, std::uint64_t{1} << 63, ~std::uint64_t{0} - 63, std::uint64_t{449}}) {
    write_with_field(1, kOffsetAt, offset);
    expect_refused("a tensor \"ints\" that lies outside");
  }
  for (const std::uint64_t bytes : {std::uint64_t{0}, std::uint64_t{11}, std::uint64_t{13}, ~std::uint64_t{0}}) {
    write_with_field(1, kBytesAt, bytes);
    expect_refused("a tensor \"ints\" that lies outside");
  }
}

TEST_F(TensorFiles, RefuseDimensionsWhoseProductIsTooMuch) {
  for (const std::uint64_t dim :
       {std::uint64_t{0}, std::uint64_t{4}, std::uint64_t{1} << 62, (std::uint64_t{1} << 62) + 3, ~std::uint64_t{0}}) {
    write_with_field(1, kDimsAt, dim);
    expect_refused("a tensor \"ints\" that lies outside");
  }
  // 2^32 · 2^32 · 5 wraps around to 0, and (2^62 + 1) · 4 · 1 to 4.
  for (const auto& [first, second] : {std::pair{std::uint64_t{1} << 32, std::uint64_t{1} << 32},
                                      std::pair{(std::uint64_t{1} << 62) + 1, std::uint64_t{4}}}) {
    write_with([&](std::vector<char>& bytes) {
      put(bytes, kHeader + 2 * kEntry + kDimsAt, first);
      put(bytes, kHeader + 2 * kEntry + kDimsAt + 8, second);
    });
    expect_refused("a tensor \"bytes\" that lies outside");
  }
}

TEST_F(TensorFiles, RefuseTwoTensorsOfOneName) {
  auto twice = usual();
  twice[1].name = "floats";
  ASSERT_TRUE(write(twice));
  expect_refused("has two tensors \"floats\"");
}

TEST_F(TensorFiles, RefuseANameThatDoesNotEnd) {
  write_with([](std::vector<char>& bytes) { std::fill_n(bytes.begin() + kHeader + kEntry, 56, 'n'); });
  expect_refused(std::string(56, 'n'));
}

TEST_F(TensorFiles, ReplaceTheOldFileAndLeaveOpenOnesAlone) {
  const auto before = open();
  const std::vector<float> values(6, 9.0F);
  ASSERT_TRUE(write({{"floats", {2, 3}, std::span(values)}}));
  EXPECT_THAT(*before->floats("floats", {2, 3}), ::testing::ElementsAreArray(kFloats));
  EXPECT_THAT(*open()->floats("floats", {2, 3}), ::testing::ElementsAreArray(values));
  EXPECT_EQ(files(), std::set<std::string>{"tensors.bin"});
}

TEST_F(TensorFiles, CannotBeWrittenWhereThereIsNoDirectory) {
  for (const auto& place : {directory / "nowhere" / "tensors.bin", file / "tensors.bin"}) {
    const auto written = write_tensor_file(place, kKind, kVersion, usual());
    ASSERT_FALSE(written);
    EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(written.error().message, HasSubstr(place.string()));
  }
  EXPECT_EQ(files(), std::set<std::string>{"tensors.bin"});
}

TEST_F(TensorFiles, CannotReplaceADirectory) {
  std::filesystem::create_directories(directory / "taken" / "inside");
  const auto written = write_tensor_file(directory / "taken", kKind, kVersion, usual());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(files(), (std::set<std::string>{"taken", "tensors.bin"}));
}

/// No file may grow beyond so many bytes while this lives, as if the disk were full.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : ignored_(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, ignored_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  void (*ignored_)(int);
  rlimit before_{};
};

TEST_F(TensorFiles, StayAsTheyWereWhenTheDiskIsFull) {
  const std::vector<float> values(100'000, 1.0F);
  for (const rlim_t room : {0, 100, 300'000}) {
    Result<void> written;
    {
      const FullDisk full(room);
      written = write({{"floats", {100'000}, std::span(values)}});
    }
    ASSERT_FALSE(written) << room;
    EXPECT_EQ(written.error().code, ErrorCode::kUnavailable);
    EXPECT_THAT(written.error().message, HasSubstr("is there space"));
    EXPECT_THAT(*open()->floats("floats", {2, 3}), ::testing::ElementsAreArray(kFloats)) << room;
    EXPECT_EQ(files(), std::set<std::string>{"tensors.bin"}) << room;
  }
}

TEST_F(TensorFiles, AreWholeWheneverSeveralWriteThem) {
  std::vector<std::jthread> writers;
  std::atomic<int> failures{0};
  for (int writer = 0; writer < 4; ++writer) {
    writers.emplace_back([&, writer] {
      const std::vector<float> values(20'000, static_cast<float>(writer));
      for (int i = 0; i < 20; ++i) {
        if (!write_tensor_file(file, kKind, kVersion,
                               std::vector<NamedTensor>{{"floats", {20'000}, std::span(values)}}))
          ++failures;
        const auto opened = open();
        if (!opened || !opened->floats("floats", {20'000})) ++failures;
      }
    });
  }
  writers.clear();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(files(), std::set<std::string>{"tensors.bin"});
}

TEST_F(TensorFiles, AreNotWrittenWhenTheTensorsMakeNoSense) {
  const std::vector<std::vector<NamedTensor>> nonsense{
      {{std::string(56, 'n'), {3}, std::span(kInts)}},
      {{"ints", {2}, std::span(kInts)}},
      {{"ints", {}, std::span(kInts)}},
      {{"ints", {3, 1, 1, 1, 1}, std::span(kInts)}},
      {{"ints", {0}, std::span(kInts).first(0)}},
  };
  for (const auto& tensors : nonsense) EXPECT_THROW((void)write(tensors), std::logic_error);
  EXPECT_TRUE(open()->ints("ints", {3}));
}

}  // namespace
}  // namespace parley::vocoder
