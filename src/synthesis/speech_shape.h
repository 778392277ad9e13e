// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace parley::synthesis {

/// How a synthesised phrase is cut out of the silence around it.
struct SpeechShape {
  float onset_db = -50.0F;  ///< A 5 ms stretch this far below the loudest one is silence.
  int lead_ms = 25;         ///< Silence kept before the onset: weak consonants begin before they are measured.
  int tail_ms = 40;         ///< Silence kept at the end; the rest of a pause is the playout's to keep (pause_after).
  int fade_in_ms = 5;       ///< Against clicks.
  int fade_out_ms = 10;
  /// Voices differ by 11 dB as they are. The level of a phrase where somebody speaks is brought into this range, in dB
  /// below full scale; what lies inside it stays as it is.
  float quietest_db = -22.0F;
  float loudest_db = -18.0F;
  float limit_from = 0.8F;  ///< Louder samples are bent so that they stay below full scale (1.0).
};

/// The part of the samples that is speech with a little silence around it; empty when there is none. `rate` in Hz.
std::span<const float> trim_silence(std::span<const float> samples, int rate, const SpeechShape& shape = {});

/// Fades one end in place.
void fade_in(std::span<float> samples, int rate, const SpeechShape& shape = {});
void fade_out(std::span<float> samples, int rate, const SpeechShape& shape = {});

/// Mean power where somebody speaks; 0 for silence.
float speech_level(std::span<const float> samples, int rate);

/// The factor that brings speech of this level (speech_level) into the shape's range; 1 for what is inside, and for
/// silence.
float gain_for_level(float level, const SpeechShape& shape = {});

/// Mean of the squares. Precondition: not empty.
float mean_power(std::span<const float> samples);

/// What so many dB are as a ratio of powers.
float power_ratio(float db);

/// Samples in the 5 ms that speech is told from silence by.
std::size_t stretch_samples(int rate);

/// One sample, full scale at ±1, bent to stay below it: linear up to `from`, tanh above; no jump, no clipping.
float limit(float sample, float from);

/// Samples of full scale ±1 times `gain`, limited.
std::vector<std::int16_t> to_pcm(std::span<const float> samples, float gain, const SpeechShape& shape = {});

/// A phrase as an engine gives it, made ready for a leg: trimmed, faded, levelled, resampled and limited. s16, 16 kHz,
/// mono; empty for silence.
std::vector<std::int16_t> shape_speech(std::span<const float> samples, int rate, const SpeechShape& shape = {});

}  // namespace parley::synthesis
