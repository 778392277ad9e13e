// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/moonshine_decoder.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include "recognition/moonshine_tokens.h"

namespace parley::recognition {
namespace {

std::string past_name(std::size_t layer, const char* attention, const char* what) {
  return fmt::format("past_key_values.{}.{}.{}", layer, attention, what);
}

std::string present_name(std::size_t layer, const char* attention, const char* what) {
  return fmt::format("present.{}.{}.{}", layer, attention, what);
}

Ort::Value tensor(std::span<const std::int64_t> values, std::span<const std::int64_t> shape) {
  auto* data = const_cast<std::int64_t*>(values.data());  // Inputs are only read.
  return Ort::Value::CreateTensor<std::int64_t>(onnx_cpu_memory(), data, values.size(), shape.data(), shape.size());
}

/// A tensor that shares another's memory: a run takes a list of its own, and the original is needed again.
Ort::Value view(const Ort::Value& value) {
  const auto info = value.GetTensorTypeAndShapeInfo();
  const auto shape = info.GetShape();
  auto* data = const_cast<float*>(value.GetTensorData<float>());  // Inputs are only read.
  return Ort::Value::CreateTensor<float>(onnx_cpu_memory(), data, info.GetElementCount(), shape.data(), shape.size());
}

/// The most probable token after each position.
std::vector<Choice> choose(const Ort::Value& logits) {
  const auto shape = logits.GetTensorTypeAndShapeInfo().GetShape();
  const auto vocabulary = static_cast<std::size_t>(shape.back());
  std::span values(logits.GetTensorData<float>(), logits.GetTensorTypeAndShapeInfo().GetElementCount());
  std::vector<Choice> choices;
  for (; !values.empty(); values = values.subspan(vocabulary))
    choices.push_back(most_probable(values.first(vocabulary)));
  return choices;
}

/// The first `length` positions of keys or values, [1][heads][positions][width].
Ort::Value first_positions(const Ort::Value& value, std::size_t length) {
  auto shape = value.GetTensorTypeAndShapeInfo().GetShape();
  const auto width = static_cast<std::size_t>(shape[3]);
  const std::size_t before = static_cast<std::size_t>(shape[2]) * width;
  shape[2] = static_cast<std::int64_t>(length);
  auto shorter = Ort::Value::CreateTensor<float>(Ort::AllocatorWithDefaultOptions(), shape.data(), shape.size());
  for (std::size_t head = 0; head < static_cast<std::size_t>(shape[1]); ++head) {
    std::copy_n(value.GetTensorData<float>() + head * before, length * width,
                shorter.GetTensorMutableData<float>() + head * length * width);
  }
  return shorter;
}

}  // namespace

struct MoonshineDecoder::Cache {
  std::vector<Ort::Value> self;   ///< Keys and values of what was decoded so far; replaced every step.
  std::vector<Ort::Value> cross;  ///< Keys and values of the encoder states; computed by the first step.
  bool filled = false;
};

Result<MoonshineDecoder> MoonshineDecoder::load(const std::filesystem::path& model, int threads) {
  auto session = open_onnx(model, {.threads = threads});
  if (!session) return std::unexpected(session.error());
  MoonshineDecoder decoder(std::move(*session));
  if (auto ok = decoder.read_shape(model); !ok) return std::unexpected(ok.error());
  return decoder;
}

Result<void> MoonshineDecoder::read_shape(const std::filesystem::path& model) {
  const auto inputs = session_.GetInputNames();
  for (std::size_t layer = 0; std::ranges::find(inputs, past_name(layer, "decoder", "key")) != inputs.end(); ++layer) {
    for (const char* what : {"key", "value"}) {
      self_inputs_.push_back(past_name(layer, "decoder", what));
      self_outputs_.push_back(present_name(layer, "decoder", what));
      cross_inputs_.push_back(past_name(layer, "encoder", what));
      cross_outputs_.push_back(present_name(layer, "encoder", what));
    }
  }
  std::vector<std::string> needed_inputs{"input_ids", "encoder_hidden_states", "use_cache_branch",
                                         past_name(0, "decoder", "key")};
  std::vector<std::string> needed_outputs{"logits"};
  needed_inputs.insert(needed_inputs.end(), cross_inputs_.begin(), cross_inputs_.end());
  needed_outputs.insert(needed_outputs.end(), self_outputs_.begin(), self_outputs_.end());
  needed_outputs.insert(needed_outputs.end(), cross_outputs_.begin(), cross_outputs_.end());
  if (auto ok = check_onnx_names(session_, model, needed_inputs, needed_outputs); !ok) return ok;

  const auto past = std::ranges::find(inputs, self_inputs_.front()) - inputs.begin();
  const auto shape = session_.GetInputTypeInfo(static_cast<std::size_t>(past)).GetTensorTypeAndShapeInfo().GetShape();
  if (shape.size() != 4 || shape[1] <= 0 || shape[3] <= 0) {
    return fail(ErrorCode::kInvalid,
                "{} is another model than the one expected: its cache has no fixed width; run `make models`",
                model.string());
  }
  heads_ = shape[1];
  head_width_ = shape[3];
  return {};
}

MoonshineDecoder::Cache MoonshineDecoder::empty_cache() const {
  static float nothing = 0.0F;
  const std::array<std::int64_t, 4> shape{1, heads_, 0, head_width_};
  const auto empty = [&] {
    return Ort::Value::CreateTensor<float>(onnx_cpu_memory(), &nothing, 0, shape.data(), shape.size());
  };
  Cache cache;
  std::ranges::generate_n(std::back_inserter(cache.self), static_cast<std::ptrdiff_t>(self_inputs_.size()), empty);
  std::ranges::generate_n(std::back_inserter(cache.cross), static_cast<std::ptrdiff_t>(cross_inputs_.size()), empty);
  return cache;
}

class MoonshineDecoder::Reader final : public TokenReader {
 public:
  Reader(const MoonshineDecoder& decoder, const Ort::Value& encoder_states)
      : decoder_(decoder), encoder_states_(encoder_states), cache_(decoder.empty_cache()) {}

  std::vector<Choice> read(std::span<const std::int64_t> tokens) override {
    const std::size_t asked = tokens.size();
    read_.insert(read_.end(), tokens.begin(), tokens.end());
    // The branch with a cache takes one token at a time. Several are read with all before them once more.
    if (tokens.size() > 1 && cache_.filled) {
      cache_ = decoder_.empty_cache();
      tokens = read_;
    }
    auto choices = choose(decoder_.step(tokens, encoder_states_, cache_));
    choices.erase(choices.begin(), choices.end() - static_cast<std::ptrdiff_t>(asked));
    return choices;
  }

  void keep(std::size_t count) override {
    read_.resize(count);
    for (auto& value : cache_.self) value = first_positions(value, count);
  }

 private:
  const MoonshineDecoder& decoder_;
  const Ort::Value& encoder_states_;
  Cache cache_;
  std::vector<std::int64_t> read_;
};

Decoded MoonshineDecoder::decode(const Ort::Value& encoder_states, std::span<const std::int64_t> draft,
                                 std::size_t limit) const {
  // Reading all of it once more costs as much as this many tokens.
  constexpr std::size_t kWorth = 4;
  Reader reader(*this, encoder_states);
  return decode_greedily(
      reader, draft, {.start = MoonshineTokens::kStart, .end = MoonshineTokens::kEnd, .limit = limit, .worth = kWorth});
}

Ort::Value MoonshineDecoder::step(std::span<const std::int64_t> tokens, const Ort::Value& encoder_states,
                                  Cache& cache) const {
  const std::array<std::int64_t, 2> shape{1, static_cast<std::int64_t>(tokens.size())};
  static constexpr std::array<std::int64_t, 1> kOne{1};
  std::vector<const char*> input_names{"input_ids", "encoder_hidden_states", "use_cache_branch"};
  std::vector<Ort::Value> inputs;
  inputs.push_back(tensor(tokens, shape));
  inputs.push_back(view(encoder_states));
  inputs.push_back(Ort::Value::CreateTensor<bool>(onnx_cpu_memory(), &cache.filled, 1, kOne.data(), kOne.size()));
  for (std::size_t i = 0; i < cache.self.size(); ++i) {
    input_names.push_back(self_inputs_[i].c_str());
    inputs.push_back(std::move(cache.self[i]));
    input_names.push_back(cross_inputs_[i].c_str());
    inputs.push_back(view(cache.cross[i]));
  }

  std::vector<const char*> output_names{"logits"};
  for (const auto& name : self_outputs_) output_names.push_back(name.c_str());
  if (!cache.filled) {
    for (const auto& name : cross_outputs_) output_names.push_back(name.c_str());
  }
  auto outputs = session_.Run(Ort::RunOptions(nullptr), input_names.data(), inputs.data(), inputs.size(),
                              output_names.data(), output_names.size());
  const auto self = std::make_move_iterator(outputs.begin() + 1);
  const auto cross = self + static_cast<std::ptrdiff_t>(self_outputs_.size());
  cache.self.assign(self, cross);
  if (!cache.filled) cache.cross.assign(cross, std::make_move_iterator(outputs.end()));
  cache.filled = true;
  return std::move(outputs.front());
}

}  // namespace parley::recognition
