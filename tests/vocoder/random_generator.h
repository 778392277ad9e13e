// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "vocoder/generator.h"
#include "vocoder/statistics.h"
#include "vocoder/tensor_file.h"
#include "vocoder/weights.h"

namespace parley::vocoder::testing {

struct OwnedTensor {
  TensorFile::Shape shape;
  std::variant<std::vector<std::uint8_t>, std::vector<float>, std::vector<std::int32_t>> values;
};

/// Values between -limit and limit, the same on every machine.
std::vector<float> random_values(std::size_t count, unsigned seed, float limit);

/// A generator.bin in memory, well formed unless a test bends it: random weights in the real shape, Kokoro's taps and
/// dilations among it, and of a size at which the signal neither dies nor explodes.
struct RandomGenerator {
  std::map<std::string, OwnedTensor> tensors;

  RandomGenerator();

  const std::vector<float>& floats(const std::string& name) const {
    return std::get<std::vector<float>>(tensors.at(name).values);
  }
  std::vector<float>& floats(const std::string& name) { return std::get<std::vector<float>>(tensors.at(name).values); }
  const std::vector<std::uint8_t>& bytes(const std::string& name) const {
    return std::get<std::vector<std::uint8_t>>(tensors.at(name).values);
  }
  std::int32_t integer(const std::string& name) const {
    return std::get<std::vector<std::int32_t>>(tensors.at(name).values)[0];
  }

  Result<void> write(const std::filesystem::path& file) const;
};

/// One for all tests of a program: it has 18 million weights.
const RandomGenerator& random_generator();

/// random_generator() through a file, packed for the instruction set; one of each for all tests of a program.
const std::shared_ptr<const GeneratorWeights>& random_weights(kernels::Isa isa);

/// "conv.07."
std::string conv_prefix(std::size_t conv);

/// A random phrase, a style and what its norms are.
struct RandomPhrase {
  std::vector<float> features;
  std::vector<float> harmonics;
  std::vector<float> gamma;
  std::vector<float> beta;
  NormStatistics statistics;

  explicit RandomPhrase(std::size_t frames, unsigned seed = 1);
  Stretch stretch() const { return {features, harmonics}; }
  StyleAffine style() const { return {gamma, beta}; }
  Conditioning conditioning() const { return Conditioning::of(statistics, style()); }
};

/// Signal to difference in decibels; 200 when they are equal.
double distance_db(std::span<const double> expected, std::span<const float> actual);
double distance_db(std::span<const float> expected, std::span<const float> actual);

/// The same for the worst frame.
double worst_distance_db(std::span<const double> expected, std::span<const float> actual);

}  // namespace parley::vocoder::testing
