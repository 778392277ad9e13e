// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/weights.h"

#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "random_generator.h"
#include "support/temporary_directory.h"

namespace parley::vocoder {
namespace {

using kernels::Isa;
using support::TemporaryDirectory;
using ::testing::HasSubstr;
using testing::random_generator;
using testing::RandomGenerator;

class Weights : public ::testing::Test {
 protected:
  const TemporaryDirectory directory;
  const std::filesystem::path file = directory / "generator.bin";

  Result<std::shared_ptr<const GeneratorWeights>> load() const { return GeneratorWeights::load(file, Isa::kPortable); }

  /// With a tensor changed, the file is refused and the message names that tensor, or says `why`.
  void expect_refused(const std::string& tensor, const std::function<void(testing::OwnedTensor&)>& change,
                      const std::string& why = "") const {
    static RandomGenerator generator = random_generator();
    auto& changed = generator.tensors.at(tensor);
    const auto before = changed;
    change(changed);
    ASSERT_TRUE(generator.write(file));
    changed = before;
    const auto loaded = load();
    ASSERT_FALSE(loaded) << tensor;
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(loaded.error().message, HasSubstr(why.empty() ? tensor : why));
  }

  static std::function<void(testing::OwnedTensor&)> integer(std::int32_t value) {
    return [value](testing::OwnedTensor& tensor) { std::get<2>(tensor.values) = {value}; };
  }
  static std::function<void(testing::OwnedTensor&)> number(std::size_t at, float value) {
    return [at, value](testing::OwnedTensor& tensor) { std::get<1>(tensor.values)[at] = value; };
  }
};

TEST_F(Weights, AreWhatTheFileHolds) {
  ASSERT_TRUE(random_generator().write(file));
  const auto loaded = load();
  ASSERT_TRUE(loaded) << loaded.error().message;
  const GeneratorWeights& weights = **loaded;
  EXPECT_EQ(weights.checksum, TensorFile::open(file, kWeightsKind, kWeightsVersion)->checksum());
  EXPECT_EQ(weights.kernels->isa, Isa::kPortable);
  EXPECT_THAT(weights.slopes, ::testing::ElementsAre(0.1F, 0.2F, 0.01F));
  for (const auto& stage : weights.stages) ASSERT_EQ(stage.convs.size(), kBlocksPerStage * kConvsPerBlock);
  const std::vector<float> summary(kSummarySize, 1.0F);
  const StatisticsMap map(random_generator().floats("map.encode"), random_generator().floats("map.decode"));
  const StatisticsBase base(2 * kNormChannels);
  EXPECT_EQ(weights.map.predict(base, summary).mean, map.predict(base, summary).mean);
  const kernels::ConvShape& widest = weights.stages[0].convs[22].conv.shape;  // the last block's last but one
  EXPECT_EQ(widest.inputs, 256U);
  EXPECT_EQ(widest.taps, 11U);
  EXPECT_EQ(widest.dilation, 5U);
}

TEST_F(Weights, ThatAreMissingAreNotFound) {
  const auto loaded = load();
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code, ErrorCode::kNotFound);
}

TEST_F(Weights, ThatAreCutOrDamagedAreRefused) {
  ASSERT_TRUE(random_generator().write(file));
  const auto size = std::filesystem::file_size(file);
  std::fstream(file, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(static_cast<long>(size / 2))
      .put('x')
      .put('y');
  EXPECT_EQ(load().error().code, ErrorCode::kInvalid);
  for (const auto kept : {size - 1, size / 2, std::uintmax_t{100}}) {
    std::filesystem::resize_file(file, kept);
    const auto loaded = load();
    ASSERT_FALSE(loaded) << kept;
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(loaded.error().message, HasSubstr("another version"));
  }
}

TEST_F(Weights, ThatLackATensorAreRefusedAndItIsNamed) {
  RandomGenerator generator = random_generator();
  for (const std::string name : {"conv.00.weight", "up.1.bias", "map.decode"}) {
    auto taken = generator.tensors.extract(name);
    ASSERT_TRUE(generator.write(file));
    generator.tensors.insert(std::move(taken));
    const auto loaded = load();
    ASSERT_FALSE(loaded) << name;
    EXPECT_EQ(loaded.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(loaded.error().message, HasSubstr(name));
  }
}

TEST_F(Weights, OfAnotherShapeAreRefused) {
  const auto reshape = [](TensorFile::Shape shape) {
    return [shape](testing::OwnedTensor& tensor) { tensor.shape = shape; };
  };
  expect_refused("up.0.weight", reshape({256, 512, 20}));
  expect_refused("conv.00.weight", reshape({256 * 7, 256}), "no odd number of taps");
  expect_refused("conv.00.weight", reshape({256 * 7, 1, 256}));
  expect_refused("conv.00.weight", reshape({1, 256 * 7, 256}), "no odd number of taps");
  expect_refused(
      "conv.00.weight",
      [](testing::OwnedTensor& tensor) {
        tensor = {{256, 65, 256}, std::vector<std::uint8_t>(256 * 65 * 256)};
      },
      "no odd number of taps");
  expect_refused("map.encode", reshape({3 * kSummarySize}), "map.encode has another rank");
  expect_refused("map.decode", reshape({2 * kNormChannels, 3}));
  expect_refused("activity.weight", reshape({1, kFeatureChannels}));
}

TEST_F(Weights, WithNumbersOutOfRangeAreRefused) {
  expect_refused("conv.00.dilation", integer(0));
  expect_refused("conv.00.dilation", integer(65));
  expect_refused("conv.00.weight_zero", integer(256));
  expect_refused("conv.00.alpha", number(3, 0.0F));
  expect_refused("conv.00.weight_scale", number(0, std::nanf("")));
  expect_refused("conv.00.bias", number(9, std::numeric_limits<float>::infinity()));
}

}  // namespace
}  // namespace parley::vocoder
