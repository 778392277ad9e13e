// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "base/result.h"
#include "kernels/cpu_features.h"
#include "kernels/kernels.h"
#include "translation/marian_layers.h"
#include "translation/marian_weights.h"
#include "translation/shortlist.h"

namespace parley::translation {

/// Word ids that Marian fixes in every vocabulary.
inline constexpr std::uint32_t kEndOfSentence = 0;
inline constexpr std::uint32_t kUnknownWord = 1;

struct MarianOptions {
  /// The target words considered besides the shortlist's: ids below this, which are the most frequent ones. The 50 that
  /// the models are shipped for make visible mistakes ("adoe" for "adeus"); with 4000 the translation is the full
  /// vocabulary's in 99.5 % of lines.
  std::size_t frequent_words = 4000;
  bool full_vocabulary = false;  ///< Consider every target word; about twice as slow.
  Arithmetic arithmetic = Arithmetic::kInt8;
  double length_factor = 2.5;  ///< Gives up after this many target tokens per source token.
};

/// Errors: kInvalid, saying which value may be what.
Result<void> validate(const MarianOptions& options);

/// One sentence for the model, in its own word ids.
struct MarianInput {
  std::span<const std::uint32_t> source;         ///< Without the end mark; at most kMostSourceWords.
  std::span<const std::uint32_t> forced_prefix;  ///< The translation begins with these.
  /// By target word id: whether the word may come directly after the forced prefix (it begins a new word). Empty: any.
  std::span<const std::uint8_t> may_follow_prefix;
};

struct MarianOutput {
  std::vector<std::uint32_t> tokens;     ///< The forced prefix and what follows, without the end mark.
  std::vector<float> log_probabilities;  ///< One per token, natural, normalised over the words considered.
  /// [tokens][source + 1]: where each token looks in the source (its end mark last). Head 0 of the last decoder layer,
  /// the one such models are trained to align words with; each row sums to 1.
  std::vector<float> attention;
  bool complete = true;  ///< Ended by itself and not by length_factor.
};

/// The memory of one translation at a time; reused, it stops allocating once it has seen the longest text.
struct MarianWorkspace {
  LayerMemory layers;
  std::vector<std::uint32_t> source;
  std::vector<float> encoded, self_keys, self_values;
  std::vector<float> context_keys, context_values;  ///< [decoder layer][source][width]
  std::vector<float> states;                        ///< [decoder layer][width]
  std::vector<float> step;                          ///< [width]
  std::vector<float> logits;
  std::vector<std::uint8_t> considered;  ///< By target word id.
  std::vector<std::uint32_t> candidates;
};

/// A student model of Firefox Translations (Marian: transformer encoder, SSRU decoder), weights used in place.
/// Immutable and shared by any number of threads, each with a workspace of its own.
class MarianModel {
 public:
  /// Sentences above this are refused; callers split long before (quality falls above some 60 words).
  static constexpr std::size_t kMostSourceWords = 512;

  /// Loads `model`, and the shortlist unless the path is empty (then the full vocabulary is considered).
  /// Errors: kNotFound, kInvalid, kUnsupported; from the files, the options and the choice of kernels.
  static Result<MarianModel> load(const std::filesystem::path& model, const std::filesystem::path& shortlist,
                                  const MarianOptions& options = {});

  /// The same from parts, for models that are made in memory.
  static Result<MarianModel> make(MarianWeights weights, std::optional<Shortlist> shortlist,
                                  const MarianOptions& options, kernels::Isa isa);

  /// Greedy search. Errors: kInvalid for a source that is too long or ids the vocabularies do not have.
  Result<MarianOutput> translate(const MarianInput& input, MarianWorkspace& workspace) const;

  const MarianDimensions& dimensions() const { return weights_.dimensions; }

 private:
  MarianModel(MarianWeights weights, std::optional<Shortlist> shortlist, const MarianOptions& options,
              const kernels::Kernels& kernels);

  Result<void> check(const MarianInput& input) const;
  void encode(MarianWorkspace& workspace, MarianLayers& layers) const;
  void choose_candidates(const MarianInput& input, MarianWorkspace& workspace) const;
  void decode(const MarianInput& input, MarianWorkspace& workspace, MarianLayers& layers, MarianOutput& output) const;
  void step(MarianWorkspace& workspace, MarianLayers& layers, float* attention) const;
  std::size_t pick(const MarianInput& input, std::size_t position, MarianWorkspace& workspace) const;
  void add_embedding(const Embedding& embedding, std::uint32_t word, float* to) const;
  void write_position(std::size_t position, float* to) const;

  MarianWeights weights_;
  std::optional<Shortlist> shortlist_;
  MarianOptions options_;
  const kernels::Kernels* kernels_;
  std::vector<float> frequencies_;  ///< Of the position code, [width / 2].
  std::vector<float> positions_;    ///< The position code of the first kTabulatedPositions, [position][width].
};

}  // namespace parley::translation
