// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/onnx.h"
#include "synthesis/kokoro_inputs.h"

namespace parley::synthesis {
Result<KokoroModel> KokoroModel::load(const std::filesystem::path& file, int threads) {
  auto session = open_onnx(file, {.threads = threads});
  if (!session) return std::unexpected(session.error());
  if (auto ok = check_onnx_names(*session, file, {KokoroInputs::kNames.begin(), KokoroInputs::kNames.end()}, {"audio"});
      !ok)
    return std::unexpected(ok.error());
  return KokoroModel(std::move(*session));
}

Result<std::vector<float>> KokoroModel::run(std::span<const std::int64_t> tokens, std::span<const float> style,
                                            float speed, const Ort::RunOptions& options) const {
  auto kokoro_inputs = KokoroInputs::of(tokens, style, speed);
  if (!kokoro_inputs) return std::unexpected(kokoro_inputs.error());
  try {
    const std::array<const char*, 1> output_names{"audio"};
    const auto inputs = kokoro_inputs->tensors();
    const auto outputs = session_.Run(options, KokoroInputs::kNames.data(), inputs.data(), inputs.size(),
                                      output_names.data(), output_names.size());
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
