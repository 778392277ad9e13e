// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <span>

#include "audio/frame.h"
#include "base/clock.h"

namespace parley::audio {

/// What counts as silence in decibels; quieter than the quietest s16 sample.
inline constexpr float kSilenceDb = -100.0F;

/// Gain in dB to a factor on samples; kSilenceDb and below give 0.
float db_to_amplitude(float db);

/// A factor on samples to dB; 0 and below give kSilenceDb.
float amplitude_to_db(float amplitude);

/// A gain that moves without clicks: linearly in amplitude, sample by sample, so that it can also fade to nothing. One
/// thread at a time.
class Ramp {
 public:
  /// Starts at `gain` (a factor on samples, 0 or more). A move to another gain takes `time`, whatever the distance.
  explicit Ramp(float gain = 1.0F, milliseconds time = kFrameTime);

  /// Starts moving to `gain`. Does nothing when it is already moving there, so it may be called every frame.
  void move_to(float gain);

  /// The gain of the next sample.
  float next();

  float now() const { return now_; }
  float target() const { return target_; }
  bool is_moving() const { return left_ > 0; }

 private:
  float now_;
  float target_;
  float step_ = 0.0F;
  std::uint32_t time_;      ///< In samples.
  std::uint32_t left_ = 0;  ///< Samples until the target is reached.
};

/// Scales the frame by the ramp; louder than full scale is clipped.
void apply(Frame& frame, Ramp& gain);

/// Adds `from`, scaled by the ramp, into `to`; louder than full scale is clipped.
void mix_into(Frame& to, const Frame& from, Ramp& gain);

/// Adds `from` into `to`; louder than full scale is clipped.
void mix_into(Frame& to, const Frame& from);

/// How loud something is, in dB under full scale (32768): a full-scale sine has rms −3.0 and peak 0.
struct Level {
  float rms_dbfs = kSilenceDb;
  float peak_dbfs = kSilenceDb;
};

/// kSilenceDb for digital silence and for no samples.
Level level(std::span<const std::int16_t> samples);

}  // namespace parley::audio
