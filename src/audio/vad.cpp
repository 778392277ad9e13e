// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/vad.h"

#include <algorithm>

#include "base/onnx.h"

namespace parley::audio {
namespace {

// The offset follows within 0.1 s: 1 / (0.1 s * 16 kHz). A one-pole high-pass at 1.6 Hz, far below any voice.
constexpr float kOffsetStep = 1.0F / 1600.0F;

// The recurrent state is cleared after this much silence, so that hours of line noise cannot drive it somewhere odd.
constexpr float kSurelySilent = 0.1F;
constexpr std::size_t kSilenceToForget = 10 * kSampleRate / kVadWindow;

}  // namespace

struct VadModel::Session {
  explicit Session(Ort::Session opened) : onnx(std::move(opened)) {}

  // Running is thread-safe; ONNX Runtime's C++ wrapper merely does not say so in its type.
  mutable Ort::Session onnx;
};

VadModel::VadModel(std::unique_ptr<Session> session) : session_(std::move(session)) {}
VadModel::~VadModel() = default;

Result<std::shared_ptr<const VadModel>> VadModel::load(const std::filesystem::path& model) {
  auto session = open_onnx(model);
  if (!session) return std::unexpected(session.error());
  if (auto ok = check_onnx_names(*session, model, {"input", "state", "sr"}, {"output", "stateN"}); !ok)
    return std::unexpected(ok.error());
  return std::shared_ptr<const VadModel>(new VadModel(std::make_unique<Session>(std::move(*session))));
}

VadStream::VadStream(std::shared_ptr<const VadModel> model) : model_(std::move(model)) {}

Result<std::optional<SpeechProbability>> VadStream::feed(const Frame& frame) {
  static_assert(kFrameSamples < kVadWindow, "a frame may complete at most one window");
  std::optional<Result<float>> probability;
  SamplePosition window_end = 0;
  for (std::int16_t sample : frame) {
    const float value = static_cast<float>(sample) / 32768.0F;
    dc_ += (value - dc_) * kOffsetStep;
    input_[kContext + filled_++] = value - dc_;
    ++position_;
    if (filled_ == kVadWindow) {
      probability = judge();
      window_end = position_;
      std::copy(input_.end() - kContext, input_.end(), input_.begin());
      filled_ = 0;
    }
  }
  if (!probability) return std::nullopt;
  if (!*probability) return std::unexpected(probability->error());
  forget_after_long_silence(**probability);
  return SpeechProbability{window_end - static_cast<SamplePosition>(kVadWindow), window_end, **probability};
}

Result<float> VadStream::judge() {
  static constexpr std::array<std::int64_t, 2> kInputShape{1, kContext + kVadWindow};
  static constexpr std::array<std::int64_t, 3> kStateShape{2, 1, 128};
  static constexpr std::array<const char*, 3> kInputs{"input", "state", "sr"};
  static constexpr std::array<const char*, 2> kOutputs{"output", "stateN"};
  static constexpr std::array<std::int64_t, 2> kOutputShape{1, 1};
  std::int64_t rate = kSampleRate;
  float probability = 0.0F;
  std::array<float, kState> next_state;
  try {
    const auto& memory = onnx_cpu_memory();
    const std::array<Ort::Value, 3> inputs{
        Ort::Value::CreateTensor<float>(memory, input_.data(), input_.size(), kInputShape.data(), kInputShape.size()),
        Ort::Value::CreateTensor<float>(memory, state_.data(), state_.size(), kStateShape.data(), kStateShape.size()),
        Ort::Value::CreateTensor<std::int64_t>(memory, &rate, 1, nullptr, 0)};
    std::array<Ort::Value, 2> outputs{
        Ort::Value::CreateTensor<float>(memory, &probability, 1, kOutputShape.data(), kOutputShape.size()),
        Ort::Value::CreateTensor<float>(memory, next_state.data(), next_state.size(), kStateShape.data(),
                                        kStateShape.size())};
    model_->session_->onnx.Run(Ort::RunOptions(nullptr), kInputs.data(), inputs.data(), inputs.size(), kOutputs.data(),
                               outputs.data(), outputs.size());
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInternal, "the voice activity detector failed: {}", error.what());
  }
  state_ = next_state;
  return probability;
}

void VadStream::forget_after_long_silence(float probability) {
  silent_windows_ = probability < kSurelySilent ? silent_windows_ + 1 : 0;
  if (silent_windows_ < kSilenceToForget) return;
  state_.fill(0.0F);
  silent_windows_ = 0;
}

}  // namespace parley::audio
