// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "audio/leveller.h"
#include "base/clock.h"
#include "call/attempts.h"
#include "call/books.h"
#include "call/link.h"
#include "call/services.h"

namespace parley::call {

/// What the listener is to hear next: a text to be spoken, or sound (s16, 16 kHz) to be played as it is.
struct Phrase {
  UtteranceId utterance = 0;
  std::string text;
  std::vector<std::int16_t> sound;
  std::string before;  ///< What of the utterance is said before it.
};

/// Speaks to the listener of one direction: phrases go in, sound goes to the link's playout, in order. Synthesis runs
/// on the executor, a job for each piece of a phrase, so that nobody waits for another's whole phrase. Phrases can be
/// prepared before it is known that they will be said. Any thread but the media thread.
class Mouth : public std::enable_shared_from_this<Mouth> {
 public:
  /// Told, without any lock, that what was to be said of an utterance cannot be. What waited of it is forgotten.
  using OnFailure = std::function<void(UtteranceId, const Error&)>;

  Mouth(std::shared_ptr<Link> link, const Services& services, std::shared_ptr<Books> books, OnFailure on_failure);

  /// After all that waits, before what is only prepared.
  void say(std::vector<Phrase> phrases);

  /// Synthesises the beginning of these phrases, and holds it back.
  void prepare(std::vector<Phrase> phrases);

  /// What is prepared is said.
  void release();

  /// What is prepared is forgotten.
  void discard();

  /// All that there is of this utterance was given to say(), or released.
  void end(UtteranceId utterance);

  /// Once a tick: goes on with what waited for the playout.
  void pump();

  /// What is still to be heard: in the playout, and about what waits to be synthesised.
  milliseconds backlog() const;

  /// Phrases that wait to be spoken, what is only prepared included.
  std::size_t waiting() const;

  /// How long the listener, who has little left to hear, has waited for the next piece of what is being spoken.
  MillisF lag() const;

  /// Nothing waits to be synthesised or given to the playout.
  bool idle() const;

  /// Ends the running synthesis and forgets everything.
  void cancel();

 private:
  struct Entry {
    Phrase phrase;
    bool held = false;
    bool ends_utterance = false;  ///< No phrase, but the end of them.
  };
  /// A phrase that is being spoken. Its stream belongs to the job that runs, the rest to the mutex.
  struct Speaking {
    Phrase phrase;
    bool held = false;
    std::shared_ptr<synthesis::SpeechStream> stream;
    Took synthesis;                   ///< From the text to the first sound.
    std::vector<std::int16_t> ready;  ///< Sound that is held, or waits for room in the playout.
    bool sounded = false;             ///< There was sound.
    bool given = false;               ///< Some of it is in the playout.
    bool complete = false;            ///< Nothing more will come.
    bool forgotten = false;
    Attempts attempts;
    std::size_t made = 0;                  ///< Samples of it so far,
    std::size_t skip = 0;                  ///< and how many of them another try makes again.
    SteadyClock::time_point not_before{};  ///< The next piece is asked for.
    SteadyClock::time_point asked_at{};    ///< The running job was.
  };

  void speak(const std::shared_ptr<Speaking>& speaking);
  Result<std::vector<std::int16_t>> next_piece(Speaking& speaking);
  bool try_again(Speaking& speaking, const Error& error);
  Result<void> open_stream(Speaking& speaking);

  // The mutex is held.
  void proceed();
  bool take_next();
  void give(Speaking& speaking);
  bool wants_more(const Speaking& speaking) const;
  void note_first_sound(Speaking& speaking);
  void forget(Speaking& speaking);

  const std::shared_ptr<Link> link_;
  const Services services_;
  const std::shared_ptr<Books> books_;
  const OnFailure on_failure_;

  audio::Leveller leveller_;  ///< The running job's.

  mutable std::mutex mutex_;
  std::deque<Entry> waiting_;          ///< Held ones are last.
  std::shared_ptr<Speaking> current_;  ///< Null between phrases.
  bool running_ = false;               ///< A job for `current_` waits or runs.
  UtteranceId begun_;                  ///< That the playout was last told of.
  bool cancelled_ = false;
};

}  // namespace parley::call
