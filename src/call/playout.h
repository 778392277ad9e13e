// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <span>

#include "audio/frame.h"
#include "base/clock.h"
#include "base/spsc_ring.h"

namespace parley::call {

/// Something the listener's side of an utterance came to.
struct PlayoutEvent {
  enum class Kind : std::uint8_t { kFirstFrame, kLastFrame };
  Kind kind = Kind::kFirstFrame;
  std::uint64_t utterance = 0;
  std::uint64_t tick = 0;  ///< Media tick at which the frame was given to the leg.
};

/// Translated speech on its way from one inference thread to the media thread, with its utterances' beginnings and
/// ends. Never blocks.
class Playout {
 public:
  /// Room for the longest phrase and then some.
  static constexpr std::size_t kCapacitySamples = 32 * audio::kSampleRate;

  Playout();

  // --- Writing side: one inference thread at a time.

  /// What is written next belongs to this utterance.
  void begin(std::uint64_t utterance);

  /// s16, 16 kHz, mono. Returns how many samples fitted.
  std::size_t write(std::span<const std::int16_t> samples);

  /// Nothing more is coming for this utterance.
  void end(std::uint64_t utterance);

  /// A phrase is over: what is left of it, less than a frame, may be played with silence behind it instead of waiting
  /// for more.
  void end_phrase();

  /// How much waits to be played. Any thread.
  milliseconds backlog() const;

  // --- Media thread.

  /// The next 20 ms, if there are any.
  bool read(audio::Frame& frame, std::uint64_t tick);

  /// True from an utterance's first frame to its last, gaps between its phrases included.
  bool speaking() const { return speaking_; }

  bool empty() const { return samples_.size() == 0 && cues_.size() == 0; }

  // --- Hearing thread.

  bool pop_event(PlayoutEvent& event) { return events_.pop(event); }

 private:
  struct Cue {
    enum class Kind : std::uint8_t { kBegin, kPhraseEnd, kEnd };
    Kind kind = Kind::kBegin;
    std::uint64_t position = 0;  ///< Samples written before it.
    std::uint64_t utterance = 0;
  };

  enum class Passing : std::uint8_t { kEndsOnly, kIncludingBeginnings };

  /// Reports the cues that the reading position has reached.
  void pass_cues(Passing passing, std::uint64_t tick);
  bool phrase_ends_within(std::size_t samples) const;

  SpscRing<std::int16_t> samples_;
  SpscRing<Cue> cues_;
  SpscRing<PlayoutEvent> events_;
  std::uint64_t written_ = 0;  ///< Writing side.
  std::uint64_t read_ = 0;     ///< Media thread.
  bool speaking_ = false;      ///< Media thread.
};

}  // namespace parley::call
