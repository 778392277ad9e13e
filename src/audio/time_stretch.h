// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "audio/frame.h"

namespace parley::audio {

/// Speech faster or slower at its own pitch: whole periods of the voice are left out, or given twice, where it repeats
/// itself, with a cross-fade over the seam (time-domain harmonic scaling: Malah, IEEE Trans. ASSP 27(2), 1979; PICOLA:
/// Morita and Itakura, 1986). What lies between two seams is the source, sample by sample; at tempo 1.0 that is all of
/// it, and nothing is delayed.
///
/// Holds what it was given until it is read. Allocates nothing. One thread at a time.
class TimeStretch {
 public:
  static constexpr float kSlowest = 0.85F;
  static constexpr float kFastest = 1.25F;

  /// 62 to 400 Hz: what may be left out or given twice at once. Longer ones let a low voice through, and the tempo is
  /// 1.0 where less than two of the longest wait.
  static constexpr std::size_t kShortestPeriod = kSampleRate / 400;
  static constexpr std::size_t kLongestPeriod = kSampleRate / 62;

  static constexpr std::size_t kCapacity = 1024;  ///< Samples it can hold.

  /// kSlowest…kFastest, clamped. It gets there in steps that nobody hears, within 100 ms.
  void set_tempo(float tempo);

  /// Samples of the source that were not read yet.
  std::size_t waiting() const { return end_ - begin_; }
  std::size_t room() const { return kCapacity - waiting(); }

  /// Takes what follows; at most room() samples (throws std::length_error otherwise).
  void write(std::span<const std::int16_t> samples);

  /// Forgets what was not read, and says how much that was.
  std::size_t clear();

  /// How far read() came.
  struct Progress {
    std::size_t given = 0;  ///< Samples in `out`,
    std::size_t taken = 0;  ///< and of the source that they stand for: more where it is faster, fewer where slower.
  };

  /// Fills `out` as far as it can; `keep` samples at least stay behind.
  Progress read(std::span<std::int16_t> out, std::size_t keep = 0);

  /// What was not read yet; valid until the next call.
  std::span<const std::int16_t> held() const { return std::span(buffer_).subspan(begin_, waiting()); }

 private:
  struct Repetition {
    std::size_t period = 0;
    float likeness = -1.0F;  ///< Correlation of what lies a period apart, −1…1.
  };

  std::size_t pay_debt(std::size_t needed);
  void leave_out(std::size_t period);
  void give_twice(std::size_t period);
  Repetition repetition(std::size_t longest) const;
  void glide(std::size_t samples);

  // Twice the capacity, so that what is held is always in one piece and rarely moved.
  std::array<std::int16_t, 2 * kCapacity> buffer_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  float tempo_ = 1.0F;
  float target_ = 1.0F;
  float debt_ = 0.0F;           ///< Samples that ought to have been left out by now; below zero: given twice.
  std::size_t until_look_ = 0;  ///< Samples to give before the next look for a repetition.

  /// The period that is given twice: the last `again_` samples of its first time come before what is held, of which
  /// there is then more than a period.
  std::array<std::int16_t, kLongestPeriod> twice_{};
  std::size_t period_ = 0;
  std::size_t again_ = 0;
};

}  // namespace parley::audio
