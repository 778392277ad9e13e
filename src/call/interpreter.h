// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "call/books.h"
#include "call/lifeline.h"
#include "call/link.h"
#include "call/mouth.h"
#include "call/pace.h"
#include "call/services.h"
#include "call/understanding.h"

namespace parley::call {

/// How somebody stopped speaking.
struct EndOfSpeech {
  milliseconds speech_end{0};  ///< Last voiced sample, on the room's media clock.
  milliseconds endpoint{0};    ///< When the pause was long enough.
};

/// Turns what one speaker says into translated speech for one listener, while it is being said: it recognises what
/// there is, translates what is settled and has it spoken; when the speaker pauses it works out the answer as if that
/// were the end, has its beginning synthesised, and holds it back until the end is certain. Recognition and translation
/// are one job at a time on the executor; utterances keep their order.
///
/// An utterance that an engine fails on is tried again, and with the next engine; one that nothing helps is given to
/// the listener in the original voice (Lifeline). The next one is tried as if nothing had happened.
class Interpreter : public std::enable_shared_from_this<Interpreter> {
 public:
  static std::shared_ptr<Interpreter> make(std::shared_ptr<Link> link, const Services& services);

  // --- Hearing thread.

  /// Somebody began to speak: an utterance, until end().
  void begin(milliseconds speech_start);

  /// What was heard of the utterance: s16, 16 kHz, in order. `voiced`: whether the speaker makes a sound at its end.
  void hear(std::span<const std::int16_t> samples, bool voiced);

  /// The speaker is silent, and may have finished; or goes on.
  void pause();
  void resume();

  void end(const EndOfSpeech& end);

  /// How long the silence of the running pause should last before it is the end; nothing while that is not known.
  std::optional<milliseconds> patience() const;

  /// Once a tick: takes note of what was played and gives the stages their next jobs.
  void pump();

  /// Nothing is waiting or being worked on; what was spoken may still be playing.
  bool idle() const;

  /// Has a notice played to the listener.
  void announce(synthesis::Notice notice);

  /// The speaker cannot be heard any more, for this reason: the original voice is all there is; until it can.
  void deafen(const std::string& reason);
  void hear_again();

  /// Ends the running synthesis, forgets what waits and closes the books on it.
  void cancel();

  /// How much waits.
  struct Load {
    std::size_t utterances = 0;  ///< To be understood.
    std::size_t phrases = 0;     ///< To be spoken.
  };
  Load load() const;

 private:
  /// An utterance that is being heard or waits to be understood.
  struct Utterance {
    UtteranceId id = 0;
    translation::IncrementalTranslation translation;  ///< The running job's, else the mutex's.
    std::vector<std::int16_t> sound{};                ///< All of it.
    bool heard_by_listener = false;                   ///< The original voice passes at full level.
    bool voiced = false;
    bool paused = false;
    std::uint64_t pauses = 0;                      ///< How many there were: which one an answer was worked out for.
    std::size_t understood = 0;                    ///< Of `sound`, how much the last hypothesis was made of.
    std::size_t said_until = 0;                    ///< Of `sound`, up to where the listener was told.
    std::size_t phrases = 0;                       ///< That the listener was told it in.
    std::optional<Understood> answer{};            ///< Worked out in the running pause, and prepared.
    std::optional<EndOfSpeech> over{};             ///< The speaker has finished,
    SteadyClock::time_point over_at{};             ///< and when that was.
    std::optional<SteadyClock::time_point> due{};  ///< The next run, since when.
    UnderstandingAttempts attempts{};
    SteadyClock::time_point not_before{};  ///< The next try.
    bool has_failed = false;               ///< No more work on it before its end.
    bool heard_to_its_end = false;         ///< All that the listener wanted of it: he stopped it.
    bool given_up = false;                 ///< The listener is given the original voice instead.
  };

  /// A run of recogniser and translator.
  struct Run {
    std::shared_ptr<Utterance> utterance;
    bool complete = false;     ///< The speaker is silent,
    bool speculative = false;  ///< and perhaps not for long.
    std::uint64_t pause = 0;   ///< The utterance's number of it.
    std::size_t until = 0;     ///< Of its sound.
    Understanding::Task task;
  };

  Interpreter(std::shared_ptr<Link> link, const Services& services);
  void on_speech_failure(UtteranceId id, const Error& error);

  // Inference threads, one run at a time.
  void begin_run(std::uint64_t ticket);
  void interpret(Run run);

  // The mutex is held.
  void start_job();
  std::optional<Priority> next_run(const Utterance& utterance) const;
  bool wants_partial(const Utterance& utterance) const;
  Run run_for(const std::shared_ptr<Utterance>& utterance);
  void take(const Run& run, Understood understood);
  void take_failure(const Run& run, const NotUnderstood& failure);
  void take_partial(Utterance& utterance, const Understood& understood);
  void take_answer(Utterance& utterance, Understood understood);
  void commit_answer(Utterance& utterance, const Understood& understood);
  void commit(Utterance& utterance, const Understood& understood);
  void conclude(Utterance& utterance, const Understood& understood, bool prepared);
  std::vector<Phrase> phrases_of(const Utterance& utterance, const std::string& text) const;
  void say(Utterance& utterance, const std::string& text);
  void give_original(Utterance& utterance, std::size_t from, std::string_view component, const Error& error);
  void drop_what_waits_too_long();
  void note(const Run& run, const Understood& understood);
  bool is_next(const Utterance& utterance) const {
    return !utterances_.empty() && utterances_.front().get() == &utterance;
  }
  void play_notice(synthesis::Notice notice);
  void keep_pace();

  const std::shared_ptr<Link> link_;
  const Services services_;
  const ConversationConfig& conversation_;
  const std::shared_ptr<Books> books_;
  std::shared_ptr<Mouth> mouth_;
  Understanding understanding_;  ///< The running job's.

  mutable std::mutex mutex_;
  Lifeline lifeline_;
  Pace pace_;
  std::deque<std::shared_ptr<Utterance>> utterances_;  ///< In order; the first is worked on, the last may go on.
  std::map<UtteranceId, std::shared_ptr<Utterance>> answered_;  ///< Understood, and not yet heard to the end.
  std::optional<Priority> queued_;                              ///< Of the job that waits for a core,
  std::uint64_t ticket_ = 0;   ///< and its number: those before it have nothing to do any more.
  bool interpreting_ = false;  ///< A run is on.
  bool cancelled_ = false;
  std::atomic<milliseconds::rep> patience_{0};
};

}  // namespace parley::call
