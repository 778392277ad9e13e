// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_inputs.h"

#include <algorithm>
#include <cmath>

#include "base/onnx.h"
#include "synthesis/tokens.h"

namespace parley::synthesis {
namespace {

template <typename T, std::size_t N>
Ort::Value tensor_over(std::span<T> values, const std::array<std::int64_t, N>& shape) {
  return Ort::Value::CreateTensor<T>(onnx_cpu_memory(), values.data(), values.size(), shape.data(), shape.size());
}

}  // namespace

Result<KokoroInputs> KokoroInputs::of(std::span<const std::int64_t> tokens, std::span<const float> style, float speed) {
  if (tokens.empty() || tokens.size() > kMaxTokens)
    return fail(ErrorCode::kInvalid, "Kokoro takes 1…{} tokens at a time, not {}: cut the phrase", kMaxTokens,
                tokens.size());
  const bool finite = std::ranges::all_of(style, [](float value) { return std::isfinite(value); });
  if (style.size() != kStyleSize || !finite)
    return fail(ErrorCode::kInvalid, "the voice's style is not {} finite numbers: make or fetch the voice again",
                kStyleSize);
  std::vector<std::int64_t> framed(tokens.size() + 2, 0);
  std::ranges::copy(tokens, framed.begin() + 1);
  return KokoroInputs(std::move(framed), {style.begin(), style.end()}, speed);
}

std::array<Ort::Value, 3> KokoroInputs::tensors() {
  const auto size = [](const auto& values) { return static_cast<std::int64_t>(values.size()); };
  return {tensor_over(std::span(tokens_), std::array{std::int64_t{1}, size(tokens_)}),
          tensor_over(std::span(style_), std::array{std::int64_t{1}, size(style_)}),
          tensor_over(std::span(&speed_, 1), std::array{std::int64_t{1}})};
}

}  // namespace parley::synthesis
