// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper_run.h"

#include <cmath>
#include <limits>

#include <ctranslate2/ops/split.h>

#include "recognition/log_mel.h"
#include "recognition/most_probable.h"

namespace parley::recognition {
namespace {

namespace ct2 = ctranslate2;

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

void forbid(std::span<float> logits, std::span<const std::int64_t> ids) {
  for (const std::int64_t id : ids) {
    if (id >= 0 && static_cast<std::size_t>(id) < logits.size()) logits[static_cast<std::size_t>(id)] = kImpossible;
  }
}

/// The first `length` positions of keys or values, [1][heads][positions][width].
ct2::StorageView first_positions(const ct2::StorageView& value, std::size_t length) {
  const auto kept = static_cast<ct2::dim_t>(length);
  ct2::StorageView first(value.dtype());
  ct2::StorageView rest(value.dtype());
  ct2::ops::Split(2, {kept, value.dim(2) - kept})(value, first, rest);
  return first;
}

double probability(std::span<const float> logits, std::size_t id) {
  const Choice best = most_probable(logits);
  return std::exp(best.log_probability + logits[id] - logits[static_cast<std::size_t>(best.token)]);
}

}  // namespace

WhisperRun::WhisperRun(std::shared_ptr<const ct2::models::Model> model, WhisperRules rules, WhisperControl control)
    : model_(std::move(model)),
      rules_(std::move(rules)),
      control_(control),
      encoder_(*model_, "encoder"),
      decoder_(*model_, "decoder") {}

ct2::StorageView WhisperRun::encode(std::vector<float>& mel, std::size_t frames) {
  const ct2::StorageView features({1, static_cast<ct2::dim_t>(LogMel::kBands), static_cast<ct2::dim_t>(frames)},
                                  mel.data());
  ct2::StorageView states(encoder_.output_type());
  encoder_(features, states);
  return states;
}

class WhisperRun::Reader final : public TokenReader {
 public:
  /// Reads `prompt` but for its last token, with which the text starts, when the first tokens are read.
  Reader(WhisperRun& run, ct2::StorageView states, std::span<const std::size_t> prompt)
      : run_(run), prompt_(prompt.first(prompt.size() - 1)), state_(run.decoder_.initial_state()) {
    state_.emplace("memory", std::move(states));
  }

  std::vector<Choice> read(std::span<const std::int64_t> tokens) override {
    std::vector<std::int32_t> ids;
    if (position_ == 0) ids.assign(prompt_.begin(), prompt_.end());
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    const auto count = static_cast<ct2::dim_t>(ids.size());
    const ct2::StorageView input({1, count}, ids);
    ct2::StorageView outputs(run_.decoder_.output_type());
    run_.decoder_.decode(input, nullptr, static_cast<ct2::dim_t>(position_), state_, &outputs, nullptr, false);

    // The logits take most of the time, so only those that are asked for.
    std::vector<std::int32_t> wanted;
    const bool first = position_ == 0;
    if (first) wanted.push_back(0);
    for (std::size_t i = ids.size() - tokens.size(); i < ids.size(); ++i)
      wanted.push_back(static_cast<std::int32_t>(i));
    ct2::StorageView logits(run_.decoder_.output_type());
    run_.decoder_.compute_logits_for_steps(
        outputs, ct2::StorageView({1, static_cast<ct2::dim_t>(wanted.size())}, wanted), logits);
    position_ += ids.size();
    return choices(logits, wanted.size(), first);
  }

  void keep(std::size_t count) override {
    const std::size_t kept = prompt_.size() + count;
    for (auto& [name, value] : state_) {
      if (name.starts_with("self_")) value = first_positions(value, kept);
    }
    position_ = kept;
  }

  double no_speech_probability() const { return no_speech_probability_; }

 private:
  std::vector<Choice> choices(ct2::StorageView& logits, std::size_t rows, bool first) {
    std::span values(logits.data<float>(), static_cast<std::size_t>(logits.size()));
    const std::size_t vocabulary = values.size() / rows;
    if (first) {
      no_speech_probability_ = probability(values.first(vocabulary), run_.control_.no_speech);
      values = values.subspan(vocabulary);
      forbid(values.first(vocabulary), run_.rules_.not_at_first);
    }
    std::vector<Choice> all;
    for (; !values.empty(); values = values.subspan(vocabulary)) {
      forbid(values.first(vocabulary), run_.rules_.never);
      all.push_back(most_probable(values.first(vocabulary)));
    }
    return all;
  }

  WhisperRun& run_;
  std::span<const std::size_t> prompt_;
  ct2::layers::DecoderState state_;
  std::size_t position_ = 0;
  double no_speech_probability_ = 0.0;
};

WhisperRun::Hypothesis WhisperRun::decode(ct2::StorageView states, std::span<const std::size_t> prompt,
                                          std::span<const std::int64_t> draft, std::size_t limit) {
  Reader reader(*this, std::move(states), prompt);
  auto text = decode_greedily(reader, draft,
                              {.start = static_cast<std::int64_t>(prompt.back()),
                               .end = static_cast<std::int64_t>(control_.end),
                               .limit = limit});
  return {std::move(text), reader.no_speech_probability()};
}

}  // namespace parley::recognition
