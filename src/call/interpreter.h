// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "call/config.h"
#include "call/engines.h"
#include "call/executor.h"
#include "call/link.h"
#include "telemetry/ledger.h"

namespace parley::call {

/// What somebody said between two pauses.
struct Utterance {
  std::vector<std::int16_t> samples;    ///< s16, 16 kHz, with a little silence around.
  milliseconds speech_start{0};         ///< First voiced sample, on the room's media clock.
  milliseconds speech_end{0};           ///< Last voiced sample.
  milliseconds endpoint{0};             ///< When the pause was long enough.
  SteadyClock::time_point declared_at;  ///< The same moment in real time.
};

/// Turns one speaker's utterances into translated speech for one listener: recognise → translate → speak, phrase by
/// phrase, in order. It holds the queues between the stages and lets at most one job a stage run, on the executor.
///
/// An utterance that an engine fails on is given to the listener in the original voice, who is told once; the next one
/// is tried again.
class Interpreter : public std::enable_shared_from_this<Interpreter> {
 public:
  Interpreter(std::shared_ptr<Link> link, std::shared_ptr<const Engines> engines, Executor& executor,
              telemetry::Ledger& ledger, const CallConfig& config);

  // --- Hearing thread.

  void add(Utterance utterance);

  /// Once a tick: takes note of what was played and gives the stages their next jobs.
  void pump();

  /// Nothing is waiting or being worked on; what was spoken may still be playing.
  bool idle() const;

  /// Tells the listener, once, that the original voice is all there is.
  void announce_untranslated();

  /// Ends the running synthesis, forgets what waits and closes the books on it.
  void cancel();

 private:
  using Id = std::uint64_t;  ///< Of an utterance; 0: a notice, which belongs to none.

  /// What the playout gets next: a text to be spoken, or sound to be played as it is.
  struct Phrase {
    Id utterance = 0;
    std::string text;
    std::vector<std::int16_t> sound;
    bool first = false;  ///< Of its utterance.
    bool last = false;
  };

  /// A phrase that is being spoken, a job for each piece of it, so that nobody waits for another's whole phrase.
  struct Speaking {
    Phrase phrase;
    SteadyClock::time_point began;
    std::shared_ptr<synthesis::SpeechStream> stream;  ///< Null before the first piece, and for sound.
    bool heard = false;                               ///< Some of it is in the playout.
  };

  /// An utterance that is not over.
  struct Open {
    telemetry::UtteranceRecord record;
    std::vector<std::int16_t> original;  ///< In case it cannot be translated.
    SteadyClock::time_point first_pcm_at;
  };

  // Inference threads, at most one job a stage.
  void interpret(Id id, const Utterance& utterance);
  Result<std::vector<std::string>> recognise_and_translate(Id id, const Utterance& utterance);
  Result<recognition::Transcript> recognise(const Utterance& utterance);
  void speak(const std::shared_ptr<Speaking>& speaking);
  Result<bool> say_next(Speaking& speaking);
  Result<void> open_stream(Speaking& speaking);
  void play(std::span<const std::int16_t> samples);
  void submit(std::shared_ptr<Speaking> speaking);

  // The mutex is held.
  void start_jobs();
  void note_playout();
  bool fall_back_to_original(Id id, const Error& error);  ///< True when the original voice was queued for the listener.
  void queue_notice();
  void close(Id id, telemetry::Outcome outcome);
  telemetry::UtteranceRecord* record_of(Id id);

  /// Tells the ledger of utterances that were closed; without the mutex, for sinks may write to disks.
  void report_closed();

  const std::shared_ptr<Link> link_;
  const std::shared_ptr<const Engines> engines_;
  Executor& executor_;
  telemetry::Ledger& ledger_;
  const CallConfig& config_;

  std::unique_ptr<recognition::RecognitionStream>
      recognition_;  ///< The interpreting job's; opened at the first utterance.

  mutable std::mutex mutex_;
  std::deque<std::pair<Id, Utterance>> utterances_;  ///< Waiting for recognition.
  std::deque<Phrase> phrases_;                       ///< Waiting for synthesis.
  std::map<Id, Open> open_;
  std::vector<telemetry::UtteranceRecord> closed_;
  std::shared_ptr<synthesis::SpeechStream> speech_;  ///< The running synthesis, to be cancelled.
  Id next_id_ = 1;
  bool interpreting_ = false;
  bool speaking_ = false;
  bool announced_ = false;
  std::atomic<bool> cancelled_{false};
};

}  // namespace parley::call
