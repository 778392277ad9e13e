// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/onnx.h"

namespace parley::synthesis {
namespace {

template <typename T, std::size_t N>
Ort::Value tensor_over(std::span<T> values, const std::array<std::int64_t, N>& shape) {
  return Ort::Value::CreateTensor<T>(onnx_cpu_memory(), values.data(), values.size(), shape.data(), shape.size());
}

}  // namespace

Result<KokoroModel> KokoroModel::load(const std::filesystem::path& file, int threads) {
  auto session = open_onnx(file, {.threads = threads});
  if (!session) return std::unexpected(session.error());
  if (auto ok = check_onnx_names(*session, file, {"tokens", "style", "speed"}, {"audio"}); !ok)
    return std::unexpected(ok.error());
  return KokoroModel(std::move(*session));
}

Result<std::vector<float>> KokoroModel::run(std::span<const std::int64_t> tokens, std::span<const float> style,
                                            float speed, const Ort::RunOptions& options) const {
  std::vector<std::int64_t> framed(tokens.size() + 2, 0);
  std::ranges::copy(tokens, framed.begin() + 1);
  std::vector<float> style_values(style.begin(), style.end());
  try {
    const std::array<const char*, 3> input_names{"tokens", "style", "speed"};
    const std::array<const char*, 1> output_names{"audio"};
    const std::array<Ort::Value, 3> inputs{
        tensor_over(std::span(framed), std::array{std::int64_t{1}, static_cast<std::int64_t>(framed.size())}),
        tensor_over(std::span(style_values),
                    std::array{std::int64_t{1}, static_cast<std::int64_t>(style_values.size())}),
        tensor_over(std::span(&speed, 1), std::array{std::int64_t{1}}),
    };
    const auto outputs = session_.Run(options, input_names.data(), inputs.data(), inputs.size(), output_names.data(),
                                      output_names.size());
    const auto* audio = outputs[0].GetTensorData<float>();
    std::vector<float> samples(audio, audio + outputs[0].GetTensorTypeAndShapeInfo().GetElementCount());
    if (!std::ranges::all_of(samples, [](float sample) { return std::isfinite(sample); })) {
      return fail(ErrorCode::kInternal,
                  "Kokoro gave sound that is no numbers: the voice or the model is damaged; run `make models`");
    }
    return samples;
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInternal, "Kokoro failed: {}", error.what());
  }
}

}  // namespace parley::synthesis
