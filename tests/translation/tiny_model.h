// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace parley::translation::testing {

/// One tensor to be written into a model file.
struct TinyTensor {
  std::uint64_t type = 0x404;
  std::vector<std::int32_t> shape;
  std::vector<std::uint8_t> data;
};

/// A model file in memory, well formed unless a test bends it: small random weights in the real graph.
class TinyModel {
 public:
  static constexpr std::size_t kWidth = 16;
  static constexpr std::size_t kInner = 24;

  explicit TinyModel(std::size_t source_words = 30, std::size_t target_words = 30, bool one_embedding = true) {
    const auto width = static_cast<std::int32_t>(kWidth);
    const auto inner = static_cast<std::int32_t>(kInner);
    set("dim-emb", "16");
    set("transformer-heads", "2");
    set("transformer-dim-ffn", "24");
    set("enc-depth", "2");
    set("dec-depth", "2");
    set("dim-vocabs", "\n  - " + std::to_string(source_words) + "\n  - " + std::to_string(target_words));
    set("type", "transformer");
    set("dec-cell", "ssru");
    set("transformer-decoder-autoreg", "rnn");
    set("transformer-postprocess", "dan");
    set("transformer-preprocess", "\"\"");
    set("tied-embeddings-all", one_embedding ? "true" : "false");
    set("tied-embeddings", one_embedding ? "false" : "true");
    const auto source = static_cast<std::int32_t>(source_words);
    const auto target = static_cast<std::int32_t>(target_words);
    if (one_embedding) {
      add_int8("Wemb", source, width);
    } else {
      add_floats("encoder_Wemb", source, width);
      add_int8("decoder_Wemb", target, width);
    }
    add_floats("decoder_ff_logit_out_b", 1, target);
    for (const std::string& layer : {std::string("encoder_l1"), std::string("encoder_l2")}) {
      add_attention(layer + "_self");
      add_feed_forward(layer + "_ffn", width, inner);
    }
    for (const std::string& layer : {std::string("decoder_l1"), std::string("decoder_l2")}) {
      add_int8(layer + "_rnn_W", width, width);
      add_int8(layer + "_rnn_Wf", width, width);
      add_floats(layer + "_rnn_bf", 1, width);
      add_norm(layer + "_rnn_ffn");
      add_attention(layer + "_context");
      add_feed_forward(layer + "_ffn", width, inner);
    }
    add_floats("none_QuantMultA", 1, 1);
  }

  void set(const std::string& key, const std::string& value) { settings[key] = value; }

  void add_floats(const std::string& name, std::int32_t rows, std::int32_t columns) {
    std::normal_distribution<float> normal(0.0F, 0.5F);
    std::vector<float> values(static_cast<std::size_t>(rows * columns));
    std::ranges::generate(values, [&] { return normal(random_); });
    TinyTensor tensor{0x404, {rows, columns}, std::vector<std::uint8_t>(values.size() * sizeof(float))};
    std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
    tensors[name] = tensor;
  }

  void add_int8(const std::string& name, std::int32_t rows, std::int32_t columns) {
    TinyTensor tensor{0x4101, {rows, columns}, std::vector<std::uint8_t>(static_cast<std::size_t>(rows * columns))};
    std::ranges::generate(tensor.data,
                          [&] { return static_cast<std::uint8_t>(static_cast<int>(random_() % 255) - 127); });
    const float multiplier = 100.0F;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&multiplier);
    tensor.data.insert(tensor.data.end(), bytes, bytes + sizeof multiplier);
    tensors[name] = tensor;
  }

  /// The file. Data is padded to 4 bytes, so that f32 stays aligned.
  std::vector<std::uint8_t> bytes() const {
    std::string yml;
    for (const auto& [key, value] : settings) yml += key + ": " + value + "\n";
    yml.push_back('\0');
    auto all = tensors;
    all["special:model.yml"] = {0x101, {static_cast<std::int32_t>(yml.size())}, {yml.begin(), yml.end()}};
    std::vector<std::uint8_t> file;
    put<std::uint64_t>(file, 1);
    put<std::uint64_t>(file, all.size());
    for (const auto& [name, tensor] : all) {
      put<std::uint64_t>(file, name.size() + 1);
      put<std::uint64_t>(file, tensor.type);
      put<std::uint64_t>(file, tensor.shape.size());
      put<std::uint64_t>(file, padded(tensor.data.size()));
    }
    for (const auto& [name, tensor] : all) file.insert(file.end(), name.c_str(), name.c_str() + name.size() + 1);
    for (const auto& [name, tensor] : all) {
      for (const std::int32_t size : tensor.shape) put(file, size);
    }
    const std::size_t padding = padded(file.size() + 8) - (file.size() + 8);
    put<std::uint64_t>(file, padding);
    file.resize(file.size() + padding);
    for (const auto& [name, tensor] : all) {
      file.insert(file.end(), tensor.data.begin(), tensor.data.end());
      file.resize(padded(file.size()));
    }
    return file;
  }

  template <typename T>
  static void put(std::vector<std::uint8_t>& file, T value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    file.insert(file.end(), bytes, bytes + sizeof value);
  }

  std::map<std::string, std::string> settings;
  std::map<std::string, TinyTensor> tensors;

 private:
  static std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

  void add_norm(const std::string& prefix) {
    add_floats(prefix + "_ln_scale", 1, static_cast<std::int32_t>(kWidth));
    add_floats(prefix + "_ln_bias", 1, static_cast<std::int32_t>(kWidth));
  }

  void add_attention(const std::string& prefix) {
    const auto width = static_cast<std::int32_t>(kWidth);
    for (const std::string& part : {std::string("q"), std::string("k"), std::string("v"), std::string("o")}) {
      add_int8(prefix + "_W" + part, width, width);
      add_floats(prefix + "_b" + part, 1, width);
    }
    add_norm(prefix + "_Wo");
  }

  void add_feed_forward(const std::string& prefix, std::int32_t width, std::int32_t inner) {
    add_int8(prefix + "_W1", width, inner);
    add_floats(prefix + "_b1", 1, inner);
    add_int8(prefix + "_W2", inner, width);
    add_floats(prefix + "_b2", 1, width);
    add_norm(prefix + "_ffn");
  }

  std::mt19937 random_{42};
};

/// A lexical shortlist in memory: every source word has the same `targets`.
inline std::vector<std::uint8_t> tiny_shortlist(std::size_t source_words, const std::vector<std::uint32_t>& targets) {
  std::vector<std::uint8_t> file;
  for (const std::uint64_t value :
       {std::uint64_t{0xF11A48D5013417F5}, std::uint64_t{0}, std::uint64_t{50}, std::uint64_t{50},
        std::uint64_t{source_words + 1}, std::uint64_t{source_words * targets.size()}}) {
    TinyModel::put(file, value);
  }
  for (std::uint64_t i = 0; i <= source_words; ++i) TinyModel::put<std::uint64_t>(file, i * targets.size());
  for (std::size_t i = 0; i < source_words; ++i) {
    for (const std::uint32_t target : targets) TinyModel::put(file, target);
  }
  return file;
}

}  // namespace parley::translation::testing
