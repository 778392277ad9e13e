// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "audio/frame.h"
#include "audio/gain.h"
#include "audio/time_stretch.h"
#include "base/clock.h"
#include "base/spsc_ring.h"

namespace parley::call {

struct PlayoutConfig {
  float ducked_db = -12.0F;     ///< The translation while its listener talks over it.
  milliseconds duck_time{80};   ///< How long that gain moves, down or up.
  float shortest_pause = 0.5F;  ///< What is left of a pause between phrases at the fastest tempo. A slower one than the
                                ///< voice's own lengthens it at the same rate.
};

/// Something the listener's side of an utterance came to.
struct PlayoutEvent {
  enum class Kind : std::uint8_t {
    kFirstFrame,
    kPhrase,  ///< The first frame of a phrase, that of the utterance's first one included.
    kLastFrame,
    kCut,  ///< Instead of kLastFrame: stop_at_phrase_end() left the rest unheard.
  };
  Kind kind = Kind::kFirstFrame;
  std::uint64_t utterance = 0;
  std::uint64_t tick = 0;  ///< Media tick at which that frame was given to the leg; for kCut, the last that was heard.
  // At kLastFrame and kCut:
  milliseconds spoken{0};   ///< Speech that was heard, as long as it is at the voice's own pace.
  milliseconds saved{0};    ///< How much of that the tempo saved; below zero: how much longer a slower one made it.
  milliseconds starved{0};  ///< Silence inside phrases, because the rest came too late.
};

/// Translated speech on its way from one inference thread to the media thread, with its utterances' beginnings and
/// ends. Never blocks, allocates nothing after construction.
class Playout {
 public:
  /// Room for the longest phrase and then some.
  static constexpr std::size_t kCapacitySamples = 32 * audio::kSampleRate;

  static constexpr float kSlowest = audio::TimeStretch::kSlowest;
  static constexpr float kFastest = audio::TimeStretch::kFastest;

  explicit Playout(const PlayoutConfig& config = {});

  // --- Writing side: one inference thread at a time.

  /// What is written next belongs to this utterance.
  void begin(std::uint64_t utterance);

  /// s16, 16 kHz, mono. Returns how many samples fitted.
  std::size_t write(std::span<const std::int16_t> samples);

  /// Nothing more is coming for this utterance. Also to be said of one that was cut.
  void end(std::uint64_t utterance);

  /// A phrase is over: what is left of it may be played with silence behind it instead of waiting for more. `pause`:
  /// the silence before what follows, if that does not come later anyway; shorter the faster the tempo, longer the
  /// slower.
  void end_phrase(milliseconds pause = {});

  /// How much waits to be played, at the voices' own pace. Any thread.
  milliseconds backlog() const;

  // --- Any thread.

  /// How fast to play: kSlowest … 1.0 (the voice's own pace, sample by sample) … kFastest, with the pitch kept;
  /// clamped. Moves there within 100 ms.
  void set_tempo(float tempo);
  float tempo() const { return tempo_.load(std::memory_order_relaxed); }

  // --- Media thread.

  /// The next 20 ms, if there is any sound for them; otherwise `frame` is left as it is. Where the rest of a phrase is
  /// late, what was heard fades out, and in again. A phrase that begins or ends abruptly is faded too; all else is, at
  /// tempo 1.0, the samples that were written.
  bool read(audio::Frame& frame, std::uint64_t tick);

  /// Whether the listener talks over it.
  void set_ducked(bool ducked);

  /// The phrase that is heard ends, and nothing more of its utterance is heard, whether it waits already or is written
  /// later. Nothing happens where nobody is speaking.
  void stop_at_phrase_end();

  /// True from an utterance's first frame to its last, gaps between its phrases included.
  bool speaking() const { return speaking_; }

  bool empty() const { return samples_.size() == 0 && cues_.size() == 0 && voice_.waiting() == 0; }

  // --- Hearing thread.

  bool pop_event(PlayoutEvent& event) { return events_.pop(event); }

 private:
  struct Cue {
    enum class Kind : std::uint8_t { kBegin, kPhraseEnd, kEnd };
    Kind kind = Kind::kBegin;
    std::uint64_t position = 0;  ///< Samples written before it.
    std::uint64_t utterance = 0;
    std::uint32_t pause = 0;  ///< Samples of silence after a phrase.
  };

  /// How much of the phrase that is read is at hand.
  struct Ready {
    std::size_t samples = 0;
    bool whole = false;  ///< Its end is known, and nothing of it is missing.
  };

  void pass_cues(std::uint64_t tick);
  void pass(const Cue& cue, std::uint64_t tick);
  void cut();
  void discard_what_was_cut();
  std::size_t play(std::span<std::int16_t> out, std::uint64_t tick);
  Ready refill();
  std::size_t at_tempo(std::size_t pause) const;
  std::size_t starve(std::span<std::int16_t> out);
  void note_played(audio::TimeStretch::Progress progress, std::uint64_t tick);
  void report(PlayoutEvent::Kind kind);

  const PlayoutConfig config_;
  SpscRing<std::int16_t> samples_;
  SpscRing<Cue> cues_;
  SpscRing<PlayoutEvent> events_;
  std::uint64_t written_ = 0;  ///< Writing side.
  std::atomic<float> tempo_{1.0F};
  std::atomic<std::size_t> held_{0};  ///< Samples in `voice_`.

  // Media thread.
  std::uint64_t read_ = 0;    ///< Samples played or dropped, `voice_`'s excluded.
  audio::TimeStretch voice_;  ///< Never holds more than one phrase.
  audio::Ramp duck_;
  std::uint64_t utterance_ = 0;  ///< The one whose beginning was passed last.
  bool begun_ = false;           ///< Its beginning was passed, its end was not.
  bool speaking_ = false;
  bool in_phrase_ = false;      ///< Some of a phrase was played, and its end was not passed.
  bool starving_ = false;       ///< It goes on when more of it comes.
  bool stopping_ = false;       ///< At the phrase's end.
  bool cut_ = false;            ///< The rest of the utterance is to be dropped.
  std::size_t pause_ = 0;       ///< Samples of silence before the next phrase.
  std::size_t spoken_ = 0;      ///< Source samples of the utterance,
  std::size_t played_ = 0;      ///< what was given for them,
  std::size_t starved_ = 0;     ///< and silence inside its phrases.
  std::uint64_t heard_at_ = 0;  ///< Tick of its last sound.
};

}  // namespace parley::call
