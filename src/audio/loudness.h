// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace parley::audio {

/// Loudness of a mono line after EBU R 128 (ITU-R BS.1770-4), in LUFS, as it is when both ears hear it: a 1 kHz sine
/// whose peaks lie at −23 dBFS has −23 LUFS. One thread at a time; allocates, so not the media thread.
class LoudnessMeter {
 public:
  LoudnessMeter();
  ~LoudnessMeter();
  LoudnessMeter(LoudnessMeter&&) noexcept;
  LoudnessMeter& operator=(LoudnessMeter&&) noexcept;

  /// s16, 16 kHz, mono. About 4 ms per second of sound.
  void add(std::span<const std::int16_t> samples);

  /// Of the last 3 s, or of what there is of them. None before 400 ms were added, and for silence (below −70 LUFS).
  std::optional<float> short_term() const;

  /// Of everything added, without its pauses (gated as R 128 has it). None as above.
  std::optional<float> integrated() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parley::audio
