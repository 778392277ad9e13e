// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/onnx.h"
#include "base/result.h"
#include "recognition/greedy.h"

namespace parley::recognition {

/// Moonshine's decoder: encoder states to tokens, greedily, with the attention's keys and values kept between runs.
/// Immutable, any thread.
class MoonshineDecoder {
 public:
  /// Loads decoder.onnx (both branches merged). Errors: kNotFound, kInvalid.
  static Result<MoonshineDecoder> load(const std::filesystem::path& model, int threads);

  /// `encoder_states`: [1][frames][width]. Stops at the end token or after `limit` tokens. A good `draft` of the text
  /// makes it quick. Throws Ort::Exception.
  Decoded decode(const Ort::Value& encoder_states, std::span<const std::int64_t> draft, std::size_t limit) const;

 private:
  struct Cache;
  class Reader;
  explicit MoonshineDecoder(Ort::Session session) : session_(std::move(session)) {}

  Result<void> read_shape(const std::filesystem::path& model);
  Cache empty_cache() const;
  Ort::Value step(std::span<const std::int64_t> tokens, const Ort::Value& encoder_states, Cache& cache) const;

  mutable Ort::Session session_;  // Running is thread-safe; the wrapper's type does not say so.
  std::int64_t heads_ = 0;
  std::int64_t head_width_ = 0;
  std::vector<std::string> self_inputs_;  ///< past_key_values.<layer>.decoder.{key,value}
  std::vector<std::string> self_outputs_;
  std::vector<std::string> cross_inputs_;  ///< past_key_values.<layer>.encoder.{key,value}
  std::vector<std::string> cross_outputs_;
};

}  // namespace parley::recognition
