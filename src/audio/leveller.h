// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "audio/loudness.h"

namespace parley::audio {

struct LevellingConfig {
  bool on = true;
  float quietest_lufs = -30.0F;     ///< However low the speaker's voice, the translation is no quieter than this,
  float loudest_lufs = -16.0F;      ///< and no louder.
  float first_lufs = -20.0F;        ///< What speech is taken for before any was measured: Kokoro, as we shape it.
  float most_per_phrase_db = 3.0F;  ///< Between two phrases the gain changes by no more.
  float most_db = 12.0F;            ///< It never leaves 0 dB by more.
  float limit_from_db = -3.0F;      ///< Peaks above it are bent so that none passes
  float ceiling_db = -1.0F;         ///< this one; in dB below full scale.
};

/// Brings translated speech to the loudness of the call: to that of the speaker as his listener would hear him. One
/// thread at a time, not the media thread.
///
/// Meant so: the hearing thread gives a LoudnessMeter the frames in which somebody speaks and hands its short_term() to
/// whoever synthesises the answer, where one Leveller a direction works on each phrase before Playout::write().
class Leveller {
 public:
  explicit Leveller(const LevellingConfig& config = {});

  /// A phrase follows. `target`: how loud the speaker is, in LUFS (LoudnessMeter); none while nobody knows, and the
  /// gain stays as it is. Within the phrase the gain does not change.
  void begin_phrase(std::optional<float> target);

  /// The next samples of the phrase, in place. s16, 16 kHz, mono.
  void process(std::span<std::int16_t> samples);

  /// Of this phrase.
  float gain_db() const { return gain_db_; }

 private:
  LevellingConfig config_;
  LoudnessMeter own_;  ///< What is fed in, before the gain.
  float gain_db_ = 0.0F;
  bool begun_ = false;  ///< Some phrase had a target.
};

}  // namespace parley::audio
