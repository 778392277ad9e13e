// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <semaphore>
#include <thread>
#include <vector>

#include <readerwriterqueue/readerwriterqueue.h>

#include "audio/endpointer.h"
#include "audio/loudness.h"
#include "audio/vad.h"
#include "call/interpreter.h"

namespace parley::call {

/// Listens to the speaker of one direction: tells the interpreter when an utterance begins, pauses and ends, and gives
/// it the sound in between. Hearing thread.
class Ear {
 public:
  Ear(std::shared_ptr<Link> link, std::shared_ptr<Interpreter> interpreter, const audio::EndpointerConfig& config,
      std::shared_ptr<const audio::VadModel> vad);

  // One look at what was heard, in this order.

  /// How many frames there are to take().
  std::size_t begin_look();
  /// The next frame, if there is one; where that completes a window for the detector, `detector` is asked.
  void take(audio::VadBatch& detector);
  bool asked() const { return asked_; }
  /// The answer.
  void judge(const Result<audio::SpeechProbability>& window);
  /// After the last frame: the end of what was said, and what the interpreter does every tick.
  void end_look();

  /// Nobody hears this direction any more.
  bool done() const { return link_->listener_left; }
  void stop() { interpreter_->cancel(); }

  bool in_speech() const { return endpointer_.in_speech(); }
  Interpreter::Load load() const { return interpreter_->load(); }
  const Link& link() const { return *link_; }

 private:
  void hear(const HeardFrame& frame);
  void judge(const audio::SpeechProbability& window);
  void act(const std::vector<audio::EndpointerEvent>& events);
  void on(const audio::SpeechStarted& started);
  void on(const audio::Paused&);
  void on(const audio::Resumed&) { interpreter_->resume(); }
  void on(const audio::Endpoint& endpoint);
  void on(const audio::Discarded&) {}
  void go_deaf(const Error& error);
  void forget_old_sound();
  milliseconds media_time(audio::SamplePosition position) const;

  const std::shared_ptr<Link> link_;
  const std::shared_ptr<Interpreter> interpreter_;
  audio::VadStream vad_;
  audio::Endpointer endpointer_;
  audio::LoudnessMeter loudness_;
  std::vector<std::int16_t> recent_;        ///< What the next utterance may reach back to.
  audio::SamplePosition recent_begin_ = 0;  ///< Position of recent_[0] in the stream.
  audio::SamplePosition heard_until_ = 0;
  std::uint64_t newest_tick_ = 0;                      ///< Of the frame that ends at heard_until_.
  bool asked_ = false;                                 ///< The detector, about the frame that was taken last.
  bool speaker_left_ = false;                          ///< As it was when the look began.
  bool flushed_ = false;                               ///< The speaker left and the last utterance was handed on.
  std::optional<SteadyClock::time_point> deaf_since_;  ///< When the detector failed last.
};

/// Finds the utterances of every call: one thread, apart from the media thread because voice activity detection
/// computes, and apart from the executor because it must not wait behind a recognition.
class Hearing {
 public:
  Hearing(const Services& services, const audio::EndpointerConfig& endpointer);
  ~Hearing();

  Hearing(const Hearing&) = delete;
  Hearing& operator=(const Hearing&) = delete;

  /// Runs process() on a thread of its own at every wake(), before others where the system allows.
  void start();

  // --- Media thread. Neither waits.

  void join(std::shared_ptr<Link> link) { joining_.enqueue(std::move(link)); }
  void wake() { wake_.release(); }

  // --- Hearing thread, or the caller's where start() is not used.

  void process();

 private:
  void welcome(const std::shared_ptr<Link>& link);
  void listen();
  void note_load();

  const Services services_;
  const audio::EndpointerConfig endpointer_;
  moodycamel::ReaderWriterQueue<std::shared_ptr<Link>> joining_;
  std::list<Ear> ears_;
  audio::VadBatch detector_;
  std::counting_semaphore<> wake_{0};
  std::jthread thread_;
};

}  // namespace parley::call
