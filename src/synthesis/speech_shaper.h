// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "audio/resampler.h"
#include "synthesis/speech_shape.h"

namespace parley::synthesis {

/// shape_speech() for a phrase that comes in pieces: trims, fades, levels, resamples and limits. What a whole phrase
/// would tell must be known before: how loud the voice is. One thread at a time.
class SpeechShaper {
 public:
  /// `rate` in Hz. `level`: mean power of the voice where it speaks (speech_level), which decides the gain and what is
  /// silence. `correction`: a factor besides that gain.
  SpeechShaper(int rate, float level, float correction = 1.0F, const SpeechShape& shape = {});

  /// Takes the next samples and gives what is ready of the result: s16, 16 kHz, mono. Silence is held back until speech
  /// follows it.
  std::vector<std::int16_t> feed(std::span<const float> samples);

  /// The rest. Nothing may be fed after it.
  std::vector<std::int16_t> finish();

 private:
  void look(std::size_t from);
  std::vector<std::int16_t> give(std::size_t count);
  std::size_t samples_in(int milliseconds) const;

  const SpeechShape shape_;
  const int rate_;
  const float gain_;
  float loudest_;               ///< Power of the loudest 5 ms, or the voice's level.
  std::vector<float> waiting_;  ///< Not given yet; its first sample is the next to be given.
  std::size_t looked_ = 0;      ///< Of `waiting_`, how much was judged.
  std::size_t wanted_ = 0;      ///< Of `waiting_`, what is to be given even if silence follows: speech and its tail.
  bool begun_ = false;
  audio::Resampler<float, float> resampler_;
};

}  // namespace parley::synthesis
