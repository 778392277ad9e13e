// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_weights.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace parley::translation {

/// Takes tensors out of a file by name and shape, remembers the first failure and which tensors nobody asked for.
class WeightBinder {
 public:
  WeightBinder(const MarianFile& file, MarianWeights& weights) : file_(file), weights_(weights) {}

  Linear linear(const std::string& matrix, const std::string& bias, std::size_t inputs, std::size_t outputs) {
    Linear result;
    if (const Tensor* tensor = take(matrix, TensorType::kIntgemm8, inputs, outputs)) {
      result.matrix = matrix_of(tensor->int8_values(), outputs, inputs, scale_of(*tensor));
    }
    if (!bias.empty()) result.bias = vector(bias, outputs);
    return result;
  }

  LayerNorm norm(const std::string& prefix, std::size_t width) {
    return {vector(prefix + "_ln_scale", width), vector(prefix + "_ln_bias", width)};
  }

  Attention attention(const std::string& prefix, std::size_t width) {
    const auto part = [&](const std::string& name) {
      return linear(prefix + "_W" + name, prefix + "_b" + name, width, width);
    };
    return {part("q"), part("k"), part("v"), part("o"), norm(prefix + "_Wo", width)};
  }

  FeedForward feed_forward(const std::string& prefix, std::size_t width, std::size_t inner) {
    return {linear(prefix + "_W1", prefix + "_b1", width, inner), linear(prefix + "_W2", prefix + "_b2", inner, width),
            norm(prefix + "_ffn", width)};
  }

  RecurrentUnit recurrent(const std::string& prefix, std::size_t width) {
    return {linear(prefix + "_Wf", prefix + "_bf", width, width), linear(prefix + "_W", "", width, width),
            norm(prefix + "_ffn", width)};
  }

  Embedding embedding(const std::string& name, std::size_t words, std::size_t width) {
    const Tensor* tensor = file_.find(name);
    if (tensor != nullptr && tensor->type == TensorType::kFloat32) return {.float_rows = floats(name, words, width)};
    tensor = take(name, TensorType::kIntgemm8, words, width);
    if (tensor == nullptr) return {};
    return {.int8_rows = tensor->int8_values(), .scale = scale_of(*tensor)};
  }

  Linear output(const Embedding& embedding, std::size_t words, std::size_t width) {
    Linear result;
    result.bias = vector("decoder_ff_logit_out_b", words);
    if (error_) return result;
    if (embedding.int8_rows != nullptr) {
      result.matrix = matrix_of(embedding.int8_rows, words, width, embedding.scale);
      return result;
    }
    auto& bytes = weights_.quantised_output_;
    const auto range =
        std::ranges::max(std::span(embedding.float_rows, words * width), {}, [](float v) { return std::abs(v); });
    const float scale = std::max(std::abs(range), 1e-9F) / 127.0F;
    bytes.resize(words * width);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bytes[i] = static_cast<std::int8_t>(std::clamp(std::nearbyint(embedding.float_rows[i] / scale), -127.0F, 127.0F));
    }
    result.matrix = matrix_of(bytes.data(), words, width, scale);
    return result;
  }

  /// The first failure, or a tensor that the graph has no place for.
  Result<void> finish() const {
    if (error_) return std::unexpected(*error_);
    for (const Tensor& tensor : file_.tensors()) {
      const bool known =
          taken_.contains(tensor.name) || tensor.name.ends_with("_QuantMultA") || tensor.name.starts_with("special:");
      if (!known) {
        return fail(ErrorCode::kUnsupported, "{} has a tensor {}, which is not part of the graph this engine computes",
                    file_.name(), tensor.name);
      }
    }
    return {};
  }

 private:
  const Tensor* take(const std::string& name, TensorType type, std::size_t rows, std::size_t columns) {
    const Tensor* tensor = file_.find(name);
    if (tensor == nullptr) {
      note(ErrorCode::kInvalid, fmt::format("{} has no tensor {}", file_.name(), name));
    } else if (tensor->type != type) {
      note(
          ErrorCode::kUnsupported,
          fmt::format("{}: tensor {} is not {}", file_.name(), name,
                      type == TensorType::kIntgemm8 ? "intgemm8: convert the model with --gemm-type intgemm8" : "f32"));
    } else if (tensor->shape.size() != 2 || tensor->shape[0] != rows || tensor->shape[1] != columns) {
      note(ErrorCode::kInvalid, fmt::format("{}: tensor {} is not {} × {}", file_.name(), name, rows, columns));
    } else {
      taken_.insert(tensor->name);
      return tensor;
    }
    return nullptr;
  }

  const float* vector(const std::string& name, std::size_t width) { return floats(name, 1, width); }

  const float* floats(const std::string& name, std::size_t rows, std::size_t columns) {
    const Tensor* tensor = take(name, TensorType::kFloat32, rows, columns);
    if (tensor == nullptr) return nullptr;
    const std::span values(tensor->float_values(), tensor->elements);
    if (std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) return values.data();
    note(ErrorCode::kInvalid,
         fmt::format("{} is damaged: tensor {} holds values that are no numbers", file_.name(), name));
    return nullptr;
  }

  float scale_of(const Tensor& tensor) {
    const float multiplier = tensor.multiplier();
    if (!(multiplier > 0.0F) || !std::isnormal(multiplier)) {
      note(ErrorCode::kInvalid,
           fmt::format("{} is damaged: tensor {} has multiplier {}", file_.name(), tensor.name, multiplier));
    }
    return 1.0F / multiplier;
  }

  kernels::Int8Matrix matrix_of(const std::int8_t* values, std::size_t outputs, std::size_t inputs, float scale) {
    weights_.row_sums_.push_back(kernels::sum_rows(values, outputs, inputs));
    return {values, outputs, inputs, scale, weights_.row_sums_.back().data()};
  }

  void note(ErrorCode code, std::string message) {
    if (!error_) error_ = Error{code, std::move(message)};
  }

  const MarianFile& file_;
  MarianWeights& weights_;
  std::optional<Error> error_;
  std::set<std::string_view> taken_;
};

namespace {

Result<MarianDimensions> dimensions_of(const MarianFile& file) {
  const Tensor* yml = file.find("special:model.yml");
  if (yml == nullptr || yml->type != TensorType::kBytes) {
    return fail(ErrorCode::kInvalid, "{} has no embedded configuration (special:model.yml)", file.name());
  }
  return read_dimensions({reinterpret_cast<const char*>(yml->data.data()), yml->data.size()}, file.name());
}

}  // namespace

Result<MarianWeights> MarianWeights::load(MarianFile file) {
  const auto dimensions = dimensions_of(file);
  if (!dimensions) return std::unexpected(dimensions.error());
  MarianWeights weights(std::move(file));
  weights.dimensions = *dimensions;
  const auto& size = weights.dimensions;
  WeightBinder bind(weights.file_, weights);

  const std::string source = size.one_embedding ? "Wemb" : "encoder_Wemb";
  const std::string target = size.one_embedding ? "Wemb" : "decoder_Wemb";
  weights.source_embedding = bind.embedding(source, size.source_vocabulary, size.model);
  weights.target_embedding = bind.embedding(target, size.target_vocabulary, size.model);
  weights.output = bind.output(weights.target_embedding, size.target_vocabulary, size.model);
  for (std::size_t i = 1; i <= size.encoder_layers; ++i) {
    const std::string layer = fmt::format("encoder_l{}", i);
    weights.encoder.push_back({bind.attention(layer + "_self", size.model),
                               bind.feed_forward(layer + "_ffn", size.model, size.feed_forward)});
  }
  for (std::size_t i = 1; i <= size.decoder_layers; ++i) {
    const std::string layer = fmt::format("decoder_l{}", i);
    weights.decoder.push_back({bind.recurrent(layer + "_rnn", size.model),
                               bind.attention(layer + "_context", size.model),
                               bind.feed_forward(layer + "_ffn", size.model, size.feed_forward)});
  }
  if (auto ok = bind.finish(); !ok) return std::unexpected(ok.error());
  return weights;
}

}  // namespace parley::translation
