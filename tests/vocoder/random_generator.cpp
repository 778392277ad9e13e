// SPDX-License-Identifier: GPL-3.0-or-later
#include "random_generator.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

#include <fmt/format.h>

#include "support/temporary_directory.h"

namespace parley::vocoder::testing {
namespace {

constexpr std::size_t kConvsPerStage = kBlocksPerStage * kConvsPerBlock;
constexpr std::size_t kTaps[2][kBlocksPerStage] = {{7, 3, 7, 11}, {11, 3, 7, 11}};

/// Sums of two bytes around the zero point, so that weights are small more often than large.
std::vector<std::uint8_t> random_bytes(std::size_t count, unsigned seed, int zero) {
  std::mt19937 random(seed);
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; i += 2) {
    const auto drawn = static_cast<std::uint32_t>(random());
    const auto value = [&](unsigned shift) {
      const int sum = static_cast<int>(drawn >> shift & 255) + static_cast<int>(drawn >> (shift + 8) & 255) - 255;
      return static_cast<std::uint8_t>(std::clamp(zero + sum / 5, 0, 255));
    };
    bytes[i] = value(0);
    if (i + 1 < count) bytes[i + 1] = value(16);
  }
  return bytes;
}

float root(std::size_t n) { return std::sqrt(static_cast<float>(n)); }

std::vector<float> shifted(std::vector<float> values, float by) {
  for (float& value : values) value += by;
  return values;
}

template <typename A, typename B>
double distance_of(const A& expected, const B& actual) {
  double signal = 0.0;
  double difference = 0.0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double error = static_cast<double>(expected[i]) - static_cast<double>(actual[i]);
    signal += static_cast<double>(expected[i]) * static_cast<double>(expected[i]);
    difference += error * error;
  }
  return difference == 0.0 ? 200.0 : 10.0 * std::log10(signal / difference);
}

}  // namespace

std::vector<float> random_values(std::size_t count, unsigned seed, float limit) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = limit * (static_cast<float>(random() >> 8) * 0x1p-23F - 1.0F);
  return values;
}

std::string conv_prefix(std::size_t conv) { return fmt::format("conv.{:02}.", conv); }

RandomGenerator::RandomGenerator() {
  unsigned seed = 100;
  // A limit of √3 has a deviation of 1.
  const auto add = [&](const std::string& name, TensorFile::Shape shape, float limit, float middle = 0.0F) {
    std::size_t count = 1;
    for (const auto dim : shape) count *= dim;
    tensors[name] = {std::move(shape), shifted(random_values(count, seed++, limit), middle)};
  };
  for (std::size_t n = 0; n < kConvs; ++n) {
    const std::size_t channels = norm_channels(n);
    const std::size_t taps = kTaps[n / kConvsPerStage][n / kConvsPerBlock % kBlocksPerStage];
    const int dilation = n % 2 == 1 ? 1 : 1 + static_cast<int>(n % kConvsPerBlock);
    const int zero = 50 + static_cast<int>(n * 3);
    const std::string prefix = conv_prefix(n);
    tensors[prefix + "weight"] = {{channels, taps, channels}, random_bytes(channels * taps * channels, seed++, zero)};
    tensors[prefix + "weight_scale"] = {{1}, std::vector{0.02F / root(taps * channels)}};
    tensors[prefix + "weight_zero"] = {{1}, std::vector<std::int32_t>{zero}};
    tensors[prefix + "dilation"] = {{1}, std::vector<std::int32_t>{dilation}};
    add(prefix + "bias", {channels}, 0.1F);
    add(prefix + "alpha", {channels}, 0.6F, 1.0F);
  }
  for (std::size_t i = 0; i < kStages.size(); ++i) {
    const Stage& stage = kStages[i];
    add(fmt::format("up.{}.weight", i), {stage.inputs, stage.channels, 2 * stage.factor},
        1.5F / root(2 * stage.inputs));
    add(fmt::format("up.{}.bias", i), {stage.channels}, 0.1F);
    add(fmt::format("noise.{}.weight", i), {stage.noise_taps, kHarmonicChannels, stage.channels},
        1.0F / root(stage.noise_taps * kHarmonicChannels));
    add(fmt::format("noise.{}.bias", i), {stage.channels}, 0.1F);
  }
  add("post.weight", {kPostTaps, kStages[1].channels, kSpectrumChannels}, 0.8F / root(kPostTaps * kStages[1].channels));
  add("post.bias", {kSpectrumChannels}, 0.2F);
  add("istft.basis", {kSpectrumChannels, kTransform}, 0.1F);
  tensors["leaky.slopes"] = {{3}, std::vector{0.1F, 0.2F, 0.01F}};
  constexpr std::size_t kRank = 3;
  add("map.encode", {kSummarySize, kRank}, 0.1F);
  add("map.decode", {kRank, 2 * kNormChannels}, 0.1F);
  add("activity.weight", {kFeatureChannels}, 1.0F);
  add("activity.bias", {1}, 1.0F);
}

Result<void> RandomGenerator::write(const std::filesystem::path& file) const {
  std::vector<NamedTensor> named;
  for (const auto& [name, tensor] : tensors) {
    NamedTensor out{name, tensor.shape, {}};
    std::visit([&out](const auto& values) { out.values = std::span(values); }, tensor.values);
    named.push_back(std::move(out));
  }
  return write_tensor_file(file, kWeightsKind, kWeightsVersion, named);
}

const RandomGenerator& random_generator() {
  static const RandomGenerator generator;
  return generator;
}

const std::shared_ptr<const GeneratorWeights>& random_weights(kernels::Isa isa) {
  static std::map<kernels::Isa, std::shared_ptr<const GeneratorWeights>> packed;
  auto& weights = packed[isa];
  if (!weights) {
    const support::TemporaryDirectory directory;
    const auto written = random_generator().write(directory / "generator.bin");
    if (!written) throw std::runtime_error(written.error().message);
    auto loaded = GeneratorWeights::load(directory / "generator.bin", isa);
    if (!loaded) throw std::runtime_error(loaded.error().message);
    weights = std::move(*loaded);
  }
  return weights;
}

RandomPhrase::RandomPhrase(std::size_t frames, unsigned seed)
    : features(random_values(frames * kFeatureChannels, seed, 1.7F)),
      harmonics(random_values((frames * kFrameHarmonics + 1) * kHarmonicChannels, seed + 1, 1.0F)),
      gamma(shifted(random_values(kNormChannels, seed + 2, 0.5F), 1.0F)),
      beta(random_values(kNormChannels, seed + 3, 0.5F)) {
  statistics.mean = random_values(kNormChannels, seed + 4, 0.3F);
  statistics.variance = shifted(random_values(kNormChannels, seed + 5, 0.5F), 1.0F);
}

double distance_db(std::span<const double> expected, std::span<const float> actual) {
  return distance_of(expected, actual);
}

double distance_db(std::span<const float> expected, std::span<const float> actual) {
  return distance_of(expected, actual);
}

double worst_distance_db(std::span<const double> expected, std::span<const float> actual) {
  double worst = 200.0;
  for (std::size_t i = 0; i < expected.size(); i += kFrameSamples)
    worst = std::min(worst, distance_of(expected.subspan(i, kFrameSamples), actual.subspan(i, kFrameSamples)));
  return worst;
}

}  // namespace parley::vocoder::testing
