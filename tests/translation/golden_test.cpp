// SPDX-License-Identifier: GPL-3.0-or-later
// The engine against the outputs of scripts/golden/marian.py, an independent implementation in numpy.
#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/paths.h"
#include "translation/marian_model.h"
#include "translation/vocabulary.h"

namespace parley::translation {
namespace {

using nlohmann::json;

json golden(const std::string& pair) {
  const char* source = std::getenv("PARLEY_SOURCE_DIR");
  std::ifstream file(std::filesystem::path(source != nullptr ? source : ".") / "tests/data/translation" /
                     ("golden-" + pair + ".json"));
  return json::parse(file);
}

MarianModel load(const std::string& pair, const MarianOptions& options = {}) {
  const auto directory = default_model_directory() / ("marian-" + pair);
  auto model = MarianModel::load(directory / "model.bin", directory / "lex.bin", options);
  if (!model) throw std::runtime_error(model.error().message);
  return std::move(*model);
}

class Golden : public testing::TestWithParam<const char*> {};

TEST_P(Golden, TheVocabularySplitsAndJoinsAlike) {
  const auto vocabulary =
      Vocabulary::open(default_model_directory() / ("marian-" + std::string(GetParam())) / "vocab.spm");
  ASSERT_TRUE(vocabulary.has_value()) << vocabulary.error().message;
  for (const json& each : golden(GetParam())) {
    EXPECT_EQ(vocabulary->encode(each["source"].get<std::string>()),
              each["source_ids"].get<std::vector<std::uint32_t>>());
    EXPECT_EQ(vocabulary->decode(each["target_ids"].get<std::vector<std::uint32_t>>()),
              each["target"].get<std::string>());
  }
}

TEST_P(Golden, EverySentenceIsTheSameInFloats) {
  const MarianModel model = load(GetParam(), {.arithmetic = Arithmetic::kFloat32});
  MarianWorkspace workspace;
  for (const json& each : golden(GetParam())) {
    const auto source = each["source_ids"].get<std::vector<std::uint32_t>>();
    const auto output = model.translate({.source = source}, workspace);
    ASSERT_TRUE(output.has_value()) << output.error().message;
    EXPECT_EQ(output->tokens, each["target_ids"].get<std::vector<std::uint32_t>>()) << each["source"];
    double sum = 0;
    for (const float value : output->log_probabilities) sum += value;
    EXPECT_NEAR(sum / static_cast<double>(output->log_probabilities.size()), each["log_probability"].get<double>(),
                1e-3);
  }
}

TEST_P(Golden, EveryTokenLooksWhereTheReferenceLooks) {
  const MarianModel model = load(GetParam(), {.arithmetic = Arithmetic::kFloat32});
  MarianWorkspace workspace;
  for (const json& each : golden(GetParam())) {
    const auto source = each["source_ids"].get<std::vector<std::uint32_t>>();
    const auto output = model.translate({.source = source}, workspace);
    std::vector<float> expected;
    for (const json& row : each["attention"]) expected.insert(expected.end(), row.begin(), row.end());
    ASSERT_EQ(output->attention.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
      ASSERT_NEAR(output->attention[i], expected[i], 1e-3) << each["source"] << " at " << i;
  }
}

TEST_P(Golden, AtLeast23Of25SentencesAreTheSameInInt8) {
  const MarianModel model = load(GetParam());
  MarianWorkspace workspace;
  int same = 0;
  for (const json& each : golden(GetParam())) {
    const auto source = each["source_ids"].get<std::vector<std::uint32_t>>();
    if (model.translate({.source = source}, workspace)->tokens == each["target_ids"].get<std::vector<std::uint32_t>>())
      ++same;
  }
  EXPECT_GE(same, 23);
}

TEST_P(Golden, TheFullVocabularySaysTheSame) {
  const MarianModel model = load(GetParam(), {.full_vocabulary = true, .arithmetic = Arithmetic::kFloat32});
  MarianWorkspace workspace;
  int same = 0;
  for (const json& each : golden(GetParam())) {
    const auto source = each["source_ids"].get<std::vector<std::uint32_t>>();
    if (model.translate({.source = source}, workspace)->tokens == each["target_ids"].get<std::vector<std::uint32_t>>())
      ++same;
  }
  EXPECT_GE(same, 24);
}

INSTANTIATE_TEST_SUITE_P(BothDirections, Golden, testing::Values("en-pt", "pt-en"), [](const auto& pair) {
  return std::string(pair.param).substr(0, 2) + "_" + std::string(pair.param).substr(3);
});

}  // namespace
}  // namespace parley::translation
