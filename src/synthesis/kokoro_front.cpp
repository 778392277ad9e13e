// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_front.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "base/onnx.h"
#include "synthesis/kokoro_inputs.h"

namespace parley::synthesis {
namespace {

constexpr std::array kOutputs{"features", "harmonics", "gammas", "betas", "durations"};
constexpr std::size_t kFramesPerDuration = 2;  // durations are in steps of 25 ms

template <typename T>
std::span<const T> values_of(const Ort::Value& tensor) {
  return {tensor.GetTensorData<T>(), tensor.GetTensorTypeAndShapeInfo().GetElementCount()};
}

bool finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float value) { return std::isfinite(value); });
}

/// Whether the outputs fit each other, so that the generator cannot be led outside them.
bool consistent(const KokoroProsody& prosody) {
  const auto frames = prosody.token_frames();
  const auto total = std::accumulate(frames.begin(), frames.end(), std::size_t{0});
  const vocoder::Stretch phrase = prosody.phrase();
  return total > 0 && phrase.features.size() == total * vocoder::kFeatureChannels &&
         phrase.harmonics.size() == (total * vocoder::kFrameHarmonics + 1) * vocoder::kHarmonicChannels &&
         prosody.style().gamma.size() == vocoder::kNormChannels &&
         prosody.style().beta.size() == vocoder::kNormChannels;
}

}  // namespace

KokoroProsody::KokoroProsody(std::vector<Ort::Value> outputs) : outputs_(std::move(outputs)) {
  phrase_ = {values_of<float>(outputs_[0]), values_of<float>(outputs_[1])};
  style_ = {values_of<float>(outputs_[2]), values_of<float>(outputs_[3])};
  for (const std::int64_t duration : values_of<std::int64_t>(outputs_[4]))
    token_frames_.push_back(static_cast<std::size_t>(std::max<std::int64_t>(0, duration)) * kFramesPerDuration);
}

Result<KokoroFront> KokoroFront::load(const std::filesystem::path& file, int threads) {
  auto session = open_onnx(file, {.threads = threads});
  if (!session) return std::unexpected(session.error());
  if (auto ok = check_onnx_names(*session, file, {KokoroInputs::kNames.begin(), KokoroInputs::kNames.end()},
                                 {kOutputs.begin(), kOutputs.end()});
      !ok)
    return std::unexpected(ok.error());
  return KokoroFront(std::move(*session));
}

Result<KokoroProsody> KokoroFront::run(std::span<const std::int64_t> tokens, std::span<const float> style, float speed,
                                       const Ort::RunOptions& options) const {
  auto inputs = KokoroInputs::of(tokens, style, speed);
  if (!inputs) return std::unexpected(inputs.error());
  try {
    const auto tensors = inputs->tensors();
    KokoroProsody prosody(session_.Run(options, KokoroInputs::kNames.data(), tensors.data(), tensors.size(),
                                       kOutputs.data(), kOutputs.size()));
    if (!consistent(prosody) || !finite(prosody.phrase().features) || !finite(prosody.phrase().harmonics) ||
        !finite(prosody.style().gamma) || !finite(prosody.style().beta)) {
      return fail(ErrorCode::kInternal,
                  "Kokoro gave prosody that is no numbers: the voice or the model is damaged; run `make models`");
    }
    return prosody;
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInternal, "Kokoro failed: {}", error.what());
  }
}

}  // namespace parley::synthesis
