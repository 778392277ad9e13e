// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace parley::recognition {

/// Whisper's front end: 80 log mel energies every 10 ms. (Radford et al. 2022, whisper/audio.py: Hann window and FFT of
/// 400 samples, hop 160, reflected at both ends, 80 Slaney mel filters 0…8 kHz, log10 clamped 8 below the maximum, (x +
/// 4) / 4.) Immutable, any thread.
class LogMel {
 public:
  static constexpr std::size_t kBands = 80;
  static constexpr std::size_t kHop = 160;  ///< Samples per frame: 10 ms at 16 kHz.

  LogMel();
  ~LogMel();
  LogMel(const LogMel&) = delete;
  LogMel& operator=(const LogMel&) = delete;

  /// `samples`: -1…1, 16 kHz, at most `frames` * kHop; silence follows up to there. Result: [kBands][frames], band by
  /// band.
  std::vector<float> compute(std::span<const float> samples, std::size_t frames) const;

 private:
  struct Tables;
  std::unique_ptr<const Tables> tables_;
};

}  // namespace parley::recognition
