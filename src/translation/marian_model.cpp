// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_model.h"

#include <algorithm>
#include <cmath>

namespace parley::translation {
namespace {

constexpr std::size_t kTabulatedPositions = 128;

template <typename T>
T* room(std::vector<T>& memory, std::size_t count) {
  if (memory.size() < count) memory.resize(count);
  return memory.data();
}

}  // namespace

Result<void> validate(const MarianOptions& options) {
  if (!(options.length_factor >= 1.0 && options.length_factor <= 10.0)) {
    return fail(ErrorCode::kInvalid, "translation length_factor is {}: give 1 to 10", options.length_factor);
  }
  return {};
}

Result<MarianModel> MarianModel::load(const std::filesystem::path& model, const std::filesystem::path& shortlist,
                                      const MarianOptions& options) {
  const auto isa = kernels::choose_isa();
  if (!isa) return std::unexpected(isa.error());
  auto file = MarianFile::open(model);
  if (!file) return std::unexpected(file.error());
  auto weights = MarianWeights::load(std::move(*file));
  if (!weights) return std::unexpected(weights.error());
  std::optional<Shortlist> lists;
  if (!shortlist.empty()) {
    auto opened =
        Shortlist::open(shortlist, weights->dimensions.source_vocabulary, weights->dimensions.target_vocabulary);
    if (!opened) return std::unexpected(opened.error());
    lists = std::move(*opened);
  }
  return make(std::move(*weights), std::move(lists), options, *isa);
}

Result<MarianModel> MarianModel::make(MarianWeights weights, std::optional<Shortlist> shortlist,
                                      const MarianOptions& options, kernels::Isa isa) {
  if (auto ok = validate(options); !ok) return std::unexpected(ok.error());
  return MarianModel(std::move(weights), std::move(shortlist), options, kernels::kernels_for(isa));
}

MarianModel::MarianModel(MarianWeights weights, std::optional<Shortlist> shortlist, const MarianOptions& options,
                         const kernels::Kernels& kernels)
    : weights_(std::move(weights)), shortlist_(std::move(shortlist)), options_(options), kernels_(&kernels) {
  const std::size_t half = weights_.dimensions.model / 2;
  const float ratio = std::log(10000.0F) / static_cast<float>(half - 1);
  for (std::size_t i = 0; i < half; ++i) frequencies_.push_back(std::exp(-static_cast<float>(i) * ratio));
  std::vector<float> table(kTabulatedPositions * weights_.dimensions.model);
  for (std::size_t p = 0; p < kTabulatedPositions; ++p) write_position(p, &table[p * weights_.dimensions.model]);
  positions_ = std::move(table);
}

Result<MarianOutput> MarianModel::translate(const MarianInput& input, MarianWorkspace& workspace) const {
  if (auto ok = check(input); !ok) return std::unexpected(ok.error());
  MarianLayers layers(*kernels_, options_.arithmetic, weights_.dimensions, workspace.layers);
  workspace.source.assign(input.source.begin(), input.source.end());
  workspace.source.push_back(kEndOfSentence);
  choose_candidates(input, workspace);
  encode(workspace, layers);
  MarianOutput output;
  decode(input, workspace, layers, output);
  return output;
}

Result<void> MarianModel::check(const MarianInput& input) const {
  if (input.source.size() > kMostSourceWords || input.forced_prefix.size() > 2 * kMostSourceWords) {
    return fail(ErrorCode::kInvalid, "a sentence of {} pieces is too long to translate: split it below {}",
                std::max(input.source.size(), input.forced_prefix.size()), kMostSourceWords);
  }
  const auto outside = [](std::span<const std::uint32_t> words, std::size_t size) {
    return std::ranges::any_of(words, [&](std::uint32_t word) { return word >= size; });
  };
  if (outside(input.source, dimensions().source_vocabulary) ||
      outside(input.forced_prefix, dimensions().target_vocabulary)) {
    return fail(ErrorCode::kInvalid,
                "a word id is outside the model's vocabulary: the vocabulary file is of another model");
  }
  if (!input.may_follow_prefix.empty() && input.may_follow_prefix.size() != dimensions().target_vocabulary) {
    return fail(ErrorCode::kInvalid, "the vocabulary file is of another model: it has {} words, the model {}",
                input.may_follow_prefix.size(), dimensions().target_vocabulary);
  }
  return {};
}

/// Shortlisted words in ascending order: the output layer is then read front to back. Never the unknown word, which
/// nobody can say.
void MarianModel::choose_candidates(const MarianInput& input, MarianWorkspace& workspace) const {
  const std::size_t words = dimensions().target_vocabulary;
  const bool full = options_.full_vocabulary || !shortlist_;
  workspace.considered.assign(words, full ? 1 : 0);
  if (!full) {
    std::fill_n(workspace.considered.begin(), std::min(options_.frequent_words, words), std::uint8_t{1});
    for (const std::uint32_t word : workspace.source) {
      for (const std::uint32_t target : shortlist_->targets(word)) workspace.considered[target] = 1;
    }
  }
  workspace.considered[kUnknownWord] = 0;
  workspace.considered[kEndOfSentence] = 1;
  for (const std::uint32_t word : input.forced_prefix) workspace.considered[word] = 1;
  workspace.candidates.clear();
  for (std::uint32_t word = 0; word < words; ++word) {
    if (workspace.considered[word] != 0) workspace.candidates.push_back(word);
  }
}

void MarianModel::encode(MarianWorkspace& workspace, MarianLayers& layers) const {
  const std::size_t width = dimensions().model;
  const std::size_t length = workspace.source.size();
  float* x = room(workspace.encoded, length * width);
  float* keys = room(workspace.self_keys, length * width);
  float* values = room(workspace.self_values, length * width);
  for (std::size_t i = 0; i < length; ++i) {
    write_position(i, x + i * width);
    add_embedding(weights_.source_embedding, workspace.source[i], x + i * width);
  }
  for (const EncoderLayer& layer : weights_.encoder) {
    layers.keys_and_values(layer.self, x, length, keys, values);
    layers.attend(layer.self, x, length, keys, values, length);
    layers.feed_forward(layer.feed_forward, x, length);
  }
  room(workspace.context_keys, weights_.decoder.size() * length * width);
  room(workspace.context_values, weights_.decoder.size() * length * width);
  for (std::size_t i = 0; i < weights_.decoder.size(); ++i) {
    const std::size_t at = i * length * width;
    layers.keys_and_values(weights_.decoder[i].context, x, length, &workspace.context_keys[at],
                           &workspace.context_values[at]);
  }
}

void MarianModel::decode(const MarianInput& input, MarianWorkspace& workspace, MarianLayers& layers,
                         MarianOutput& output) const {
  const std::size_t width = dimensions().model;
  const std::size_t length = workspace.source.size();
  const auto affordable = static_cast<std::size_t>(options_.length_factor * static_cast<double>(length));
  const std::size_t most = std::max({std::size_t{1}, affordable, input.forced_prefix.size() + 1});
  output.tokens.reserve(most);
  output.log_probabilities.reserve(most);
  output.attention.resize(most * length);
  output.complete = false;

  workspace.states.assign(weights_.decoder.size() * width, 0.0F);
  room(workspace.step, width);
  room(workspace.logits, workspace.candidates.size());
  for (std::size_t position = 0; position < most; ++position) {
    write_position(position, workspace.step.data());
    if (position > 0) add_embedding(weights_.target_embedding, output.tokens.back(), workspace.step.data());
    step(workspace, layers, &output.attention[position * length]);

    const std::size_t choice = pick(input, position, workspace);
    const std::uint32_t word = workspace.candidates[choice];
    if (word == kEndOfSentence && position >= input.forced_prefix.size()) {
      output.complete = true;
      break;
    }
    output.tokens.push_back(word);
    const float* logits = workspace.logits.data();
    const float largest = logits[kernels_->argmax(logits, workspace.candidates.size())];
    output.log_probabilities.push_back(logits[choice] -
                                       kernels_->log_sum_exp(logits, workspace.candidates.size(), largest));
  }
  output.attention.resize(output.tokens.size() * length);
}

/// The decoder over one target word, whose embedding is in workspace.step, to logits.
void MarianModel::step(MarianWorkspace& workspace, MarianLayers& layers, float* attention) const {
  const std::size_t width = dimensions().model;
  const std::size_t length = workspace.source.size();
  float* y = workspace.step.data();
  for (std::size_t i = 0; i < weights_.decoder.size(); ++i) {
    const DecoderLayer& layer = weights_.decoder[i];
    const bool last = i + 1 == weights_.decoder.size();
    const std::size_t at = i * length * width;
    layers.recur(layer.recurrent, y, &workspace.states[i * width]);
    layers.attend(layer.context, y, 1, &workspace.context_keys[at], &workspace.context_values[at], length,
                  last ? attention : nullptr);
    layers.feed_forward(layer.feed_forward, y, 1);
  }
  layers.linear(weights_.output, y, 1, workspace.logits.data(), workspace.candidates);
}

/// The place among the candidates of the word at `position`: the forced one, else the likeliest that may stand there.
std::size_t MarianModel::pick(const MarianInput& input, std::size_t position, MarianWorkspace& workspace) const {
  const auto& candidates = workspace.candidates;
  if (position < input.forced_prefix.size()) {
    return static_cast<std::size_t>(std::ranges::lower_bound(candidates, input.forced_prefix[position]) -
                                    candidates.begin());
  }
  const bool restricted = position > 0 && position == input.forced_prefix.size() && !input.may_follow_prefix.empty();
  if (restricted) {
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      if (input.may_follow_prefix[candidates[i]] == 0 && candidates[i] != kEndOfSentence) workspace.logits[i] = -1e30F;
    }
  }
  return kernels_->argmax(workspace.logits.data(), candidates.size());
}

/// to += √width · the word's vector.
void MarianModel::add_embedding(const Embedding& embedding, std::uint32_t word, float* to) const {
  const std::size_t width = dimensions().model;
  const float factor = std::sqrt(static_cast<float>(width)) * embedding.scale;
  for (std::size_t i = 0; i < width; ++i) {
    const std::size_t at = word * width + i;
    to[i] += factor *
             (embedding.int8_rows != nullptr ? static_cast<float>(embedding.int8_rows[at]) : embedding.float_rows[at]);
  }
}

/// Sines in the first half, cosines in the second (Vaswani et al. 2017, with the halves not interleaved, as Marian has
/// them).
void MarianModel::write_position(std::size_t position, float* to) const {
  const std::size_t half = frequencies_.size();
  if ((position + 1) * 2 * half <= positions_.size()) {
    std::copy_n(&positions_[position * 2 * half], 2 * half, to);
    return;
  }
  for (std::size_t i = 0; i < half; ++i) {
    to[i] = std::sin(static_cast<float>(position) * frequencies_[i]);
    to[half + i] = std::cos(static_cast<float>(position) * frequencies_[i]);
  }
}

}  // namespace parley::translation
