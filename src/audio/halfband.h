// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace parley::audio {

/// 8 kHz ↔ 16 kHz for live legs: every block gives exactly twice or half as many samples at once, 1.94 ms late. (soxr
/// does the same job in bursts of 40 ms at its good qualities, which no 20 ms leg can use.) A 63-tap half-band filter:
/// flat within 0.1 dB up to 3.4 kHz, more than 60 dB down from 4.6 kHz. No allocation; one thread at a time.
namespace halfband {

inline constexpr std::size_t kTaps = 63;
inline constexpr std::size_t kArm = (kTaps + 1) / 2;  ///< Taps that are not zero, without the centre one.

/// The last samples of one polyphase arm, in order and without moving them.
class History {
 public:
  void push(float sample) {
    at_ = (at_ + 1) % kArm;
    samples_[at_] = samples_[at_ + kArm] = sample;
  }
  /// The sample `age` pushes ago; 0 is the newest. `age` < kArm.
  float back(std::size_t age) const { return samples_[at_ + kArm - age]; }
  /// The newest kArm samples, oldest first.
  const float* oldest_first() const { return &samples_[at_ + 1]; }

 private:
  std::array<float, 2 * kArm> samples_{};
  std::size_t at_ = 0;
};

}  // namespace halfband

/// 8 kHz s16 → 16 kHz s16.
class Upsampler2 {
 public:
  /// `out` holds exactly twice as many samples as `in`.
  void process(std::span<const std::int16_t> in, std::span<std::int16_t> out);

 private:
  halfband::History history_;
};

/// 16 kHz s16 → 8 kHz s16.
class Downsampler2 {
 public:
  /// `in` holds exactly twice as many samples as `out`.
  void process(std::span<const std::int16_t> in, std::span<std::int16_t> out);

 private:
  halfband::History even_;
  halfband::History odd_;
};

}  // namespace parley::audio
