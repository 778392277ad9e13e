// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "audio/frame.h"
#include "audio/speech_probability.h"
#include "base/result.h"

namespace parley::audio {

/// Silero's voice activity detector (v6, 16 kHz; https://github.com/snakers4/silero-vad): the network, shared by all
/// streams. Immutable, any thread.
class VadModel {
 public:
  /// Loads silero_vad.onnx. Errors: kNotFound, kInvalid (corrupt or another model).
  static Result<std::shared_ptr<const VadModel>> load(const std::filesystem::path& model);

  ~VadModel();

 private:
  friend class VadBatch;
  struct Session;
  explicit VadModel(std::unique_ptr<Session> session);
  std::unique_ptr<Session> session_;
};

/// One speaker's voice activity. One thread at a time.
class VadStream {
 public:
  explicit VadStream(std::shared_ptr<const VadModel> model);

  /// Takes the next 20 ms. A value whenever another 32 ms are complete, so none or one per frame.
  /// Errors: kInternal when the runtime fails; the window is then lost and the stream goes on with the next.
  Result<std::optional<SpeechProbability>> feed(const Frame& frame);

  /// The first half of feed(), for a VadBatch: takes the next 20 ms. True when 32 ms are complete, which must be judged
  /// before the next frame is taken.
  bool take(const Frame& frame);

  /// Samples taken so far.
  SamplePosition position() const { return position_; }

 private:
  friend class VadBatch;
  static constexpr std::size_t kContext = 64;  ///< The network sees the end of the window before.
  static constexpr std::size_t kInput = kContext + kVadWindow;
  static constexpr std::size_t kState = 128;  ///< Twice.

  /// What the network makes of the complete window.
  SpeechProbability accept(float probability);

  std::shared_ptr<const VadModel> model_;
  SamplePosition position_ = 0;
  std::array<float, kInput> input_{};   ///< Context, then the window being filled.
  std::size_t filled_ = 0;              ///< Samples of the window that are there.
  std::array<float, kInput> window_{};  ///< Context and the window that is complete,
  SamplePosition window_end_ = 0;       ///< and where that ends.
  std::array<std::array<float, kState>, 2> state_{};
  std::size_t silent_windows_ = 0;
  float dc_ = 0.0F;  ///< Running offset of the line, taken away before the network sees it.
};

/// Judges the windows of many speakers in one run of the network, which costs half of as many runs. One thread at a
/// time; allocates until it has been as large as it gets.
class VadBatch {
 public:
  /// A stream whose take() said that a window is complete; lives until judge() is over. Not one twice; all of
  /// one model.
  void add(VadStream& stream) { streams_.push_back(&stream); }

  /// Of every stream that was added since the last time, in that order. Valid until the next call.
  /// Errors: kInternal when the runtime fails; the window is then lost and the stream goes on with the next.
  const std::vector<Result<SpeechProbability>>& judge();

 private:
  void judge(std::span<VadStream* const> some);
  Result<void> run(const VadModel& model, std::size_t count);

  std::vector<VadStream*> streams_;
  std::vector<Result<SpeechProbability>> judged_;
  // What goes into the network and comes out of it.
  std::vector<float> windows_;
  std::vector<float> states_;
  std::vector<float> probabilities_;
  std::vector<float> next_states_;
};

}  // namespace parley::audio
