// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_model.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tiny_model.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;
using testing::tiny_shortlist;
using testing::TinyModel;

/// A model over bytes that it keeps.
struct Loaded {
  std::unique_ptr<std::vector<std::uint8_t>> bytes;
  Result<MarianModel> model;
};

Result<MarianWeights> weights_of(const std::vector<std::uint8_t>& bytes) {
  auto file = MarianFile::parse(std::as_bytes(std::span(bytes)), "model.bin");
  if (!file) return std::unexpected(file.error());
  return MarianWeights::load(std::move(*file));
}

Loaded load(const TinyModel& tiny, const MarianOptions& options = {}, kernels::Isa isa = kernels::best_isa(),
            std::optional<Shortlist> shortlist = {}) {
  auto bytes = std::make_unique<std::vector<std::uint8_t>>(tiny.bytes());
  auto weights = weights_of(*bytes);
  if (!weights) return {std::move(bytes), std::unexpected(weights.error())};
  auto model = MarianModel::make(std::move(*weights), std::move(shortlist), options, isa);
  return {std::move(bytes), std::move(model)};
}

MarianOutput translate(const MarianModel& model, const MarianInput& input) {
  MarianWorkspace workspace;
  return model.translate(input, workspace).value();
}

const std::vector<std::uint32_t> kSource{5, 9, 2, 17, 29};

TEST(MarianModel, GivesOneProbabilityAndOneRowOfAttentionPerToken) {
  const auto [bytes, model] = load(TinyModel());
  ASSERT_TRUE(model.has_value()) << model.error().message;
  const auto output = translate(*model, {.source = kSource});
  ASSERT_FALSE(output.tokens.empty());
  ASSERT_EQ(output.log_probabilities.size(), output.tokens.size());
  ASSERT_EQ(output.attention.size(), output.tokens.size() * (kSource.size() + 1));
  for (const float probability : output.log_probabilities) EXPECT_LE(probability, 1e-5F);
  for (std::size_t i = 0; i < output.tokens.size(); ++i) {
    const auto row = output.attention.begin() + static_cast<long>(i * (kSource.size() + 1));
    EXPECT_NEAR(std::accumulate(row, row + static_cast<long>(kSource.size() + 1), 0.0F), 1.0F, 1e-5F);
  }
}

TEST(MarianModel, EveryInstructionSetGivesTheSameBits) {
  const auto [bytes, plain] = load(TinyModel(), {}, kernels::Isa::kPortable);
  const auto expected = translate(*plain, {.source = kSource});
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::cpu_supports(isa)) continue;
    const auto [own_bytes, model] = load(TinyModel(), {}, isa);
    const auto output = translate(*model, {.source = kSource});
    EXPECT_EQ(output.tokens, expected.tokens) << to_string(isa);
    EXPECT_EQ(output.log_probabilities, expected.log_probabilities) << to_string(isa);
    EXPECT_EQ(output.attention, expected.attention) << to_string(isa);
  }
}

TEST(MarianModel, AWorkspaceCanBeUsedAgainForLongerAndShorterText) {
  const auto [bytes, model] = load(TinyModel());
  const std::vector<std::uint32_t> longer(40, 7);
  const auto expected_short = translate(*model, {.source = kSource}).tokens;
  const auto expected_long = translate(*model, {.source = longer}).tokens;
  MarianWorkspace workspace;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(model->translate({.source = kSource}, workspace)->tokens, expected_short);
    EXPECT_EQ(model->translate({.source = longer}, workspace)->tokens, expected_long);
  }
}

TEST(MarianModel, AForcedPrefixBeginsTheTranslation) {
  const auto [bytes, model] = load(TinyModel());
  const std::vector<std::uint32_t> prefix{21, 3, 3, 8};
  const auto output = translate(*model, {.source = kSource, .forced_prefix = prefix});
  ASSERT_GE(output.tokens.size(), prefix.size());
  EXPECT_TRUE(std::equal(prefix.begin(), prefix.end(), output.tokens.begin()));
  EXPECT_EQ(output.log_probabilities.size(), output.tokens.size());
}

TEST(MarianModel, ItsOwnBeginningForcedGivesTheSameTranslation) {
  const auto [bytes, model] = load(TinyModel());
  const auto free = translate(*model, {.source = kSource});
  for (std::size_t length = 0; length <= free.tokens.size(); ++length) {
    const auto forced = translate(*model, {.source = kSource, .forced_prefix = std::span(free.tokens).first(length)});
    EXPECT_EQ(std::vector(forced.tokens.begin(), forced.tokens.begin() + static_cast<long>(free.tokens.size())),
              free.tokens);
  }
}

TEST(MarianModel, NoWordThatIsBarredFollowsThePrefix) {
  const auto [bytes, model] = load(TinyModel());
  const std::vector<std::uint32_t> prefix{21, 3};
  const auto free = translate(*model, {.source = kSource, .forced_prefix = prefix});
  ASSERT_GT(free.tokens.size(), 2U);
  std::vector<std::uint8_t> may_follow(30, 1);
  may_follow[free.tokens[2]] = 0;
  const auto barred = translate(*model, {.source = kSource, .forced_prefix = prefix, .may_follow_prefix = may_follow});
  EXPECT_TRUE(barred.tokens.size() == 2 || barred.tokens[2] != free.tokens[2]);
}

TEST(MarianModel, OnlyFrequentAndListedWordsAreConsidered) {
  const auto lists = tiny_shortlist(30, {20, 25});
  auto shortlist = Shortlist::parse(std::as_bytes(std::span(lists)), "lex.bin", 30, 30);
  ASSERT_TRUE(shortlist.has_value()) << shortlist.error().message;
  const auto [bytes, model] = load(TinyModel(), {.frequent_words = 4}, kernels::best_isa(), std::move(*shortlist));
  for (const std::uint32_t token : translate(*model, {.source = kSource}).tokens) {
    EXPECT_THAT(token, ::testing::AnyOf(2U, 3U, 20U, 25U));
  }
}

TEST(MarianModel, TheUnknownWordIsNeverTheAnswer) {
  TinyModel tiny;
  auto& bias = tiny.tensors["decoder_ff_logit_out_b"].data;
  const float certain = 1000.0F;
  std::memcpy(&bias[kUnknownWord * sizeof(float)], &certain, sizeof certain);
  const auto [bytes, model] = load(tiny);
  EXPECT_THAT(translate(*model, {.source = kSource}).tokens, ::testing::Not(::testing::Contains(kUnknownWord)));
}

TEST(MarianModel, StopsAfterSoManyTokensPerSourceToken) {
  TinyModel tiny;
  auto& bias = tiny.tensors["decoder_ff_logit_out_b"].data;
  const float never = -1000.0F;
  std::memcpy(bias.data(), &never, sizeof never);
  const auto [bytes, model] = load(tiny, {.length_factor = 2.0});
  const auto output = translate(*model, {.source = kSource});
  EXPECT_EQ(output.tokens.size(), 2 * (kSource.size() + 1));
  EXPECT_FALSE(output.complete);
}

TEST(MarianModel, NothingIsASentenceToo) {
  const auto [bytes, model] = load(TinyModel());
  EXPECT_EQ(translate(*model, {}).attention.size(), translate(*model, {}).tokens.size());
}

TEST(MarianModel, IdsOutsideTheVocabularyAndEndlessSentencesAreRefused) {
  const auto [bytes, model] = load(TinyModel());
  MarianWorkspace workspace;
  const std::vector<std::uint32_t> outside{30};
  const std::vector<std::uint32_t> endless(MarianModel::kMostSourceWords + 1, 4);
  EXPECT_EQ(model->translate({.source = outside}, workspace).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(model->translate({.source = kSource, .forced_prefix = outside}, workspace).error().code,
            ErrorCode::kInvalid);
  EXPECT_EQ(model->translate({.source = endless}, workspace).error().code, ErrorCode::kInvalid);
  EXPECT_EQ(
      model->translate({.source = kSource, .may_follow_prefix = std::vector<std::uint8_t>(3)}, workspace).error().code,
      ErrorCode::kInvalid);
}

TEST(MarianModel, InFloatsItIsCloseToInt8) {
  const auto [bytes, int8] = load(TinyModel());
  const auto [float_bytes, floats] = load(TinyModel(), {.arithmetic = Arithmetic::kFloat32});
  const auto expected = translate(*floats, {.source = kSource});
  const auto forced = translate(*int8, {.source = kSource, .forced_prefix = expected.tokens});
  for (std::size_t i = 0; i < expected.tokens.size(); ++i)
    EXPECT_NEAR(forced.log_probabilities[i], expected.log_probabilities[i], 0.5);
}

TEST(MarianModel, TwoVocabulariesAreUnderstood) {
  const auto [bytes, model] = load(TinyModel(40, 25, false));
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_EQ(model->dimensions().source_vocabulary, 40U);
  EXPECT_EQ(model->dimensions().target_vocabulary, 25U);
  const std::vector<std::uint32_t> source{39, 12};
  for (const std::uint32_t token : translate(*model, {.source = source}).tokens) EXPECT_LT(token, 25U);
}

TEST(MarianModel, AnOutputLayerInFloatsIsQuantised) {
  TinyModel tiny(40, 25, false);
  tiny.add_floats("decoder_Wemb", 25, 16);
  const auto [bytes, model] = load(tiny);
  ASSERT_TRUE(model.has_value()) << model.error().message;
  EXPECT_FALSE(translate(*model, {.source = kSource}).tokens.empty());
}

TEST(MarianModel, AnotherGraphIsUnsupportedAndSaysWhatDiffers) {
  const std::vector<std::pair<std::string, std::string>> others{{"dec-cell", "gru"},
                                                                {"transformer-decoder-autoreg", "self-attention"},
                                                                {"transformer-postprocess", "da"},
                                                                {"transformer-preprocess", "n"},
                                                                {"transformer-ffn-activation", "swish"},
                                                                {"transformer-tied-layers", "[1, 1]"},
                                                                {"type", "s2s"},
                                                                {"transformer-train-position-embeddings", "true"}};
  for (const auto& [key, value] : others) {
    TinyModel tiny;
    tiny.set(key, value);
    const auto [bytes, model] = load(tiny);
    ASSERT_FALSE(model.has_value()) << key;
    EXPECT_EQ(model.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(model.error().message, HasSubstr(key));
  }
}

TEST(MarianModel, AbsurdSizesInTheConfigurationAreRefused) {
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"dim-emb", "0"},
                                                                                   {"dim-emb", "x"},
                                                                                   {"dim-emb", "17"},
                                                                                   {"transformer-heads", "-2"},
                                                                                   {"enc-depth", "1000000"},
                                                                                   {"dim-vocabs", "[]"}}) {
    TinyModel tiny;
    tiny.set(key, value);
    const auto [bytes, model] = load(tiny);
    ASSERT_FALSE(model.has_value()) << key << " " << value;
    EXPECT_EQ(model.error().code, ErrorCode::kInvalid);
  }
}

TEST(MarianModel, AMissingAnUnexpectedAndAMisshapenTensorAreEachNamed) {
  TinyModel missing;
  missing.tensors.erase("encoder_l2_ffn_b1");
  EXPECT_THAT(load(missing).model.error().message, HasSubstr("no tensor encoder_l2_ffn_b1"));
  TinyModel unexpected;
  unexpected.add_int8("decoder_l1_rnn_Wo", 16, 16);
  EXPECT_THAT(load(unexpected).model.error().message, HasSubstr("decoder_l1_rnn_Wo, which is not part of the graph"));
  TinyModel misshapen;
  misshapen.add_int8("encoder_l1_self_Wq", 16, 15);
  EXPECT_THAT(load(misshapen).model.error().message, HasSubstr("encoder_l1_self_Wq is not 16 × 16"));
  TinyModel in_floats;
  in_floats.add_floats("encoder_l1_self_Wq", 16, 16);
  EXPECT_THAT(load(in_floats).model.error().message, HasSubstr("--gemm-type intgemm8"));
}

TEST(MarianModel, AMultiplierOfZeroIsRefused) {
  TinyModel tiny;
  auto& data = tiny.tensors["Wemb"].data;
  std::fill(data.end() - 4, data.end(), std::uint8_t{0});
  EXPECT_THAT(load(tiny).model.error().message, HasSubstr("multiplier"));
}

TEST(MarianModel, ValuesThatAreNoNumbersAreRefused) {
  TinyModel tiny;
  const float nothing = NAN;
  std::memcpy(tiny.tensors["encoder_l1_self_bq"].data.data(), &nothing, sizeof nothing);
  EXPECT_THAT(load(tiny).model.error().message, HasSubstr("encoder_l1_self_bq holds values that are no numbers"));
}

TEST(MarianModel, AnAbsurdLengthFactorIsRefused) {
  EXPECT_THAT(load(TinyModel(), {.length_factor = 0.0}).model.error().message, HasSubstr("length_factor"));
  EXPECT_THAT(load(TinyModel(), {.length_factor = NAN}).model.error().message, HasSubstr("length_factor"));
}

TEST(ShortlistFile, DamagedOnesAreRefused) {
  const auto good = tiny_shortlist(10, {3, 4});
  const auto parse = [](const std::vector<std::uint8_t>& bytes, std::size_t source, std::size_t target) {
    return Shortlist::parse(std::as_bytes(std::span(bytes)), "lex.bin", source, target);
  };
  ASSERT_TRUE(parse(good, 10, 5).has_value());
  EXPECT_THAT(parse(good, 11, 5).error().message, HasSubstr("another model"));
  EXPECT_THAT(parse(good, 10, 4).error().message, HasSubstr("another model"));
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(parse({good.begin(), good.begin() + static_cast<long>(length)}, 10, 5).has_value()) << length;
  }
  auto overlapping = good;
  overlapping[48 + 8] = 200;
  EXPECT_THAT(parse(overlapping, 10, 5).error().message, HasSubstr("overlap"));
  auto other = good;
  other[0] = 0;
  EXPECT_THAT(parse(other, 10, 5).error().message, HasSubstr("no shortlist"));
}

}  // namespace
}  // namespace parley::translation
