// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/whisper_run.h"

#include <cmath>
#include <limits>

#include "recognition/log_mel.h"
#include "recognition/most_probable.h"

namespace parley::recognition {
namespace {

namespace ct2 = ctranslate2;

constexpr float kImpossible = -std::numeric_limits<float>::infinity();

std::span<float> values(ct2::StorageView& logits) {
  return {logits.data<float>(), static_cast<std::size_t>(logits.size())};
}

void forbid(std::span<float> logits, std::span<const std::int64_t> ids) {
  for (const std::int64_t id : ids) {
    if (id >= 0 && static_cast<std::size_t>(id) < logits.size()) logits[static_cast<std::size_t>(id)] = kImpossible;
  }
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

WhisperRun::Hypothesis WhisperRun::decode(ct2::StorageView states, std::span<const std::size_t> prompt,
                                          std::span<const std::int64_t> prefix, std::size_t limit) {
  std::vector<std::size_t> given(prompt.begin(), prompt.end());
  given.insert(given.end(), prefix.begin(), prefix.end());
  std::int64_t token = static_cast<std::int64_t>(given.back());
  given.pop_back();

  Hypothesis hypothesis;
  auto state = decoder_.initial_state();
  state.emplace("memory", std::move(states));
  const auto inputs = ct2::layers::make_sequence_inputs({given}, ct2::Device::CPU);
  ct2::StorageView logits(decoder_.output_type());
  if (prefix.empty()) {
    ct2::StorageView outputs(decoder_.output_type());
    decoder_.forward_prompt(inputs, state, &outputs);
    decoder_.compute_logits_for_steps(outputs, ct2::StorageView({1}, std::int32_t{0}), logits);
    hypothesis.no_speech_probability = probability(values(logits), control_.no_speech);
  } else {
    decoder_.forward_prompt(inputs, state);
  }

  for (std::size_t step = given.size(); hypothesis.tokens.size() < limit; ++step) {
    const ct2::StorageView id({1}, static_cast<std::int32_t>(token));
    decoder_(static_cast<ct2::dim_t>(step), id, state, &logits);
    forbid(values(logits), rules_.never);
    if (step == prompt.size() - 1) forbid(values(logits), rules_.not_at_first);
    const Choice choice = most_probable(values(logits));
    token = choice.token;
    hypothesis.complete = token == static_cast<std::int64_t>(control_.end);
    if (hypothesis.complete) {
      hypothesis.end_log_probability = choice.log_probability;
      break;
    }
    hypothesis.tokens.push_back({token, choice.log_probability});
  }
  return hypothesis;
}

}  // namespace parley::recognition
