// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <variant>
#include <vector>

#include "audio/speech_probability.h"
#include "base/clock.h"
#include "base/result.h"

namespace parley::audio {

/// When an utterance begins and ends.
struct EndpointerConfig {
  float start_probability = 0.5F;  ///< A window at or above it may begin speech.
  float stop_probability =
      0.35F;  ///< Once speech runs, a window at or above it is still voiced. At most start_probability.
  milliseconds min_speech{90};         ///< Less voice than this is a click, a cough, noise.
  milliseconds endpoint_silence{600};  ///< Silence that ends an utterance: 300 (eager) … 800 (patient).
  milliseconds pause{96};              ///< Silence after which the speaker may have finished. At most endpoint_silence.
  milliseconds pre_roll{250};          ///< Audio kept from before the first voiced window: soft onsets.
  /// Longer speech is ended here, come what may. In its last third ever shorter silences end it, so that a pause
  /// between words is found before.
  milliseconds max_utterance{30'000};

  /// Errors: kInvalid, naming the setting that is out of range.
  Result<void> validate() const;
};

/// Somebody began to speak. Sent once min_speech of voice was heard; the audio to keep begins earlier.
struct SpeechStarted {
  SamplePosition from = 0;  ///< First sample of the utterance, pre-roll included; never inside the utterance before.
  SamplePosition first_voiced = 0;  ///< What latencies are measured from.
  bool operator==(const SpeechStarted&) const = default;
};

/// The speaker has been silent for `pause`: the end, or a pause for breath.
struct Paused {
  SamplePosition last_voiced = 0;  ///< One past the last voiced sample.
  bool operator==(const Paused&) const = default;
};

/// Speech goes on after Paused.
struct Resumed {
  bool operator==(const Resumed&) const = default;
};

/// The utterance that started last is complete.
struct Endpoint {
  enum class Reason {
    kSilence,  ///< The speaker paused for long enough.
    kTooLong,  ///< It reached max_utterance in the middle of speech; the next one starts at last_voiced.
    kFinished  ///< The stream ended.
  };
  SamplePosition first_voiced = 0;
  SamplePosition last_voiced = 0;  ///< One past the last voiced sample.
  Reason reason = Reason::kSilence;
  bool operator==(const Endpoint&) const = default;
};

/// Something sounded that was too short to be speech. No SpeechStarted was sent for it.
struct Discarded {
  SamplePosition first_voiced = 0;
  SamplePosition last_voiced = 0;
  bool operator==(const Discarded&) const = default;
};

using EndpointerEvent = std::variant<SpeechStarted, Paused, Resumed, Endpoint, Discarded>;

/// Makes utterances of speech probabilities: hysteresis, a minimum of voice, pauses, an end after silence, and one when
/// somebody does not stop. Knows nothing of the detector. One thread at a time.
class Endpointer {
 public:
  /// `config` must be valid; throws std::invalid_argument with validate()'s sentence otherwise.
  explicit Endpointer(const EndpointerConfig& config);

  /// Takes the next window; windows follow each other. Mostly no event, at most a few, oldest first.
  std::vector<EndpointerEvent> feed(const SpeechProbability& window);

  /// How long a silence ends the running utterance, instead of endpoint_silence: whoever knows what was said knows
  /// whether more is to be expected. Holds until the next Resumed or SpeechStarted.
  void set_patience(milliseconds silence);

  /// The stream is over: ends a running utterance.
  std::vector<EndpointerEvent> finish();

  /// True between SpeechStarted and Endpoint.
  bool in_speech() const { return state_ == State::kSpeech; }

  /// True when the newest window of a running utterance was voiced.
  bool voiced() const { return state_ == State::kSpeech && newest_ == last_voiced_; }

  /// How far a SpeechStarted may reach back behind the newest window: the samples a caller must still have.
  SamplePosition history() const;

 private:
  enum class State {
    kSilence,
    kMaybe,  ///< Voice was heard, not enough yet.
    kSpeech
  };

  void begin(const SpeechProbability& window);
  void confirm(std::vector<EndpointerEvent>& events);
  void go_on(std::vector<EndpointerEvent>& events);
  void end(Endpoint::Reason reason, std::vector<EndpointerEvent>& events);
  SamplePosition patience() const;

  const EndpointerConfig config_;
  State state_ = State::kSilence;
  SamplePosition newest_ = 0;  ///< End of the newest window.
  SamplePosition first_voiced_ = 0;
  SamplePosition last_voiced_ = 0;
  SamplePosition voiced_ = 0;    ///< Voiced samples since first_voiced_.
  SamplePosition floor_ = 0;     ///< End of the utterance before: a pre-roll stops there.
  SamplePosition patience_ = 0;  ///< Silence that ends the utterance, before it is long.
  bool paused_ = false;
  bool goes_on_ = false;  ///< Just cut: the speaker is still in the middle of speech.
};

}  // namespace parley::audio
