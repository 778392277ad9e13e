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

// Of larger batches a window costs no less.
constexpr std::size_t kMostAtOnce = 32;

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
  if (!take(frame)) return std::nullopt;
  VadBatch alone;
  alone.add(*this);
  const auto& judged = alone.judge().front();
  if (!judged) return std::unexpected(judged.error());
  return *judged;
}

bool VadStream::take(const Frame& frame) {
  static_assert(kFrameSamples < kVadWindow, "a frame may complete at most one window");
  bool complete = false;
  for (const std::int16_t sample : frame) {
    const float value = static_cast<float>(sample) / 32768.0F;
    dc_ += (value - dc_) * kOffsetStep;
    input_[kContext + filled_++] = value - dc_;
    ++position_;
    if (filled_ < kVadWindow) continue;
    complete = true;
    window_ = input_;
    window_end_ = position_;
    std::copy(input_.end() - kContext, input_.end(), input_.begin());
    filled_ = 0;
  }
  return complete;
}

SpeechProbability VadStream::accept(float probability) {
  silent_windows_ = probability < kSurelySilent ? silent_windows_ + 1 : 0;
  if (silent_windows_ >= kSilenceToForget) {
    state_ = {};
    silent_windows_ = 0;
  }
  return {window_end_ - static_cast<SamplePosition>(kVadWindow), window_end_, probability};
}

const std::vector<Result<SpeechProbability>>& VadBatch::judge() {
  judged_.clear();
  for (std::size_t at = 0; at < streams_.size(); at += kMostAtOnce)
    judge(std::span(streams_).subspan(at, std::min(kMostAtOnce, streams_.size() - at)));
  streams_.clear();
  return judged_;
}

void VadBatch::judge(std::span<VadStream* const> some) {
  constexpr std::size_t kInput = VadStream::kInput;
  constexpr std::size_t kState = VadStream::kState;
  const std::size_t count = some.size();
  windows_.resize(std::max(windows_.size(), count * kInput));
  states_.resize(std::max(states_.size(), count * kState * 2));
  next_states_.resize(states_.size());
  probabilities_.resize(std::max(probabilities_.size(), count));
  // Both halves of the state are [count, kState].
  const auto state_at = [&](std::size_t half, std::size_t i) {
    return static_cast<std::ptrdiff_t>((half * count + i) * kState);
  };
  for (std::size_t i = 0; i < count; ++i) {
    std::ranges::copy(some[i]->window_, windows_.begin() + static_cast<std::ptrdiff_t>(i * kInput));
    for (const std::size_t half : {0U, 1U})
      std::ranges::copy(some[i]->state_[half], states_.begin() + state_at(half, i));
  }
  if (const auto ran = run(*some.front()->model_, count); !ran) {
    judged_.insert(judged_.end(), count, std::unexpected(ran.error()));
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (const std::size_t half : {0U, 1U})
      std::copy_n(next_states_.begin() + state_at(half, i), kState, some[i]->state_[half].begin());
    judged_.emplace_back(some[i]->accept(probabilities_[i]));
  }
}

Result<void> VadBatch::run(const VadModel& model, std::size_t count) {
  static constexpr std::array<const char*, 3> kInputs{"input", "state", "sr"};
  static constexpr std::array<const char*, 2> kOutputs{"output", "stateN"};
  const auto size = static_cast<std::int64_t>(count);
  const std::array<std::int64_t, 2> input_shape{size, VadStream::kInput};
  const std::array<std::int64_t, 3> state_shape{2, size, VadStream::kState};
  const std::array<std::int64_t, 2> output_shape{size, 1};
  const std::size_t state_size = count * VadStream::kState * 2;
  std::int64_t rate = kSampleRate;
  try {
    const auto& memory = onnx_cpu_memory();
    const auto tensor = [&](std::vector<float>& values, std::size_t used, const auto& shape) {
      return Ort::Value::CreateTensor<float>(memory, values.data(), used, shape.data(), shape.size());
    };
    const std::array<Ort::Value, 3> inputs{tensor(windows_, count * VadStream::kInput, input_shape),
                                           tensor(states_, state_size, state_shape),
                                           Ort::Value::CreateTensor<std::int64_t>(memory, &rate, 1, nullptr, 0)};
    std::array<Ort::Value, 2> outputs{tensor(probabilities_, count, output_shape),
                                      tensor(next_states_, state_size, state_shape)};
    model.session_->onnx.Run(Ort::RunOptions(nullptr), kInputs.data(), inputs.data(), inputs.size(), kOutputs.data(),
                             outputs.data(), outputs.size());
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInternal, "the voice activity detector failed: {}", error.what());
  }
  return {};
}

}  // namespace parley::audio
