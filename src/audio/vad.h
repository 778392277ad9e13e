// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>

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
  friend class VadStream;
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

  /// Samples taken so far.
  SamplePosition position() const { return position_; }

 private:
  static constexpr std::size_t kContext = 64;  ///< The network sees the end of the window before.
  static constexpr std::size_t kState = 2 * 128;

  Result<float> judge();
  void forget_after_long_silence(float probability);

  std::shared_ptr<const VadModel> model_;
  SamplePosition position_ = 0;
  std::array<float, kContext + kVadWindow> input_{};  ///< Context, then the window being filled.
  std::size_t filled_ = 0;                            ///< Samples of the window that are there.
  std::array<float, kState> state_{};
  std::size_t silent_windows_ = 0;
  float dc_ = 0.0F;  ///< Running offset of the line, taken away before the network sees it.
};

}  // namespace parley::audio
