// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "telemetry/engine_status.h"
#include "telemetry/health.h"
#include "workers/config.h"
#include "workers/graveyard.h"
#include "workers/process.h"
#include "workers/protocol.h"
#include "workers/spawn.h"

namespace parley::workers {

/// A question to an engine, put to another of its processes when the first does not survive it.
struct Question {
  milliseconds limit;  ///< See hang_watch.h.

  struct Content {
    MessageType type;
    std::string payload;
  };
  /// What is to be sent to the process with this serial number: less where it knows already what came before. Errors
  /// end the question.
  std::function<Result<Content>(std::uint64_t serial)> put;

  /// Takes the answer of that process; false when it makes no sense, which ends the process.
  std::function<bool(std::uint64_t serial, const Message& answer)> take;

  /// Nobody wants the answer any more: it is not put again. May be null.
  const std::atomic<bool>* cancelled = nullptr;
};

/// One engine's processes: the one that works, the spare, and a thread that looks after them.
///
/// A process that dies, hangs (hang_watch.h) or says what makes no sense is ended and replaced at once by the spare,
/// where there is a ready one; another is started after a pause that grows (BackOff). Questions that were with it are
/// put again. A question that was with two processes that died is not put a third time. To find out which of several
/// questions it was, those that saw a process die are put again one after the other, never two at once.
class Pool {
 public:
  struct Setup {
    std::string name;  ///< "recognition:moonshine".
    Program program;   ///< Also `--spare`, `--no-background`; see parley_engine.cpp.
    Supervision supervision;
    int engine_threads = 1;
    std::function<void(std::string_view name)> on_ready;  ///< See Workers::OnReady. May be empty.
  };

  /// Starts the first process. Throws std::system_error when there are no threads to be had.
  Pool(Setup setup, telemetry::Health& health);

  /// stop().
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  const std::string& name() const { return setup_.name; }
  const Limits& limits() const { return setup_.supervision.limits; }

  /// Whether a question would be put at once. Any thread, never waits.
  bool ready() const { return ready_.load(std::memory_order_acquire); }

  /// Of the first process that was ready; null before. Any thread.
  std::shared_ptr<const Facts> facts() const;

  /// Puts the question and waits. Any thread but the media thread, several at once. Errors: the engine's;
  /// kUnavailable when no process is ready, kInternal when two died of it, kCancelled.
  Result<void> ask(const Question& question);

  /// Tells a process what needs no answer, if it is still there. Any thread, never waits.
  void tell(std::uint64_t serial, MessageType type, std::uint64_t stream);

  /// A number for a stream that no other has had.
  std::uint64_t new_stream() { return streams_.fetch_add(1, std::memory_order_relaxed) + 1; }

  /// Any thread but the media thread.
  telemetry::EngineStatus status() const;

  /// Ends the processes and waits for them. Whatever is asked is unavailable then.
  void stop();
  /// The first half of it: ends them.
  void begin_to_stop();

 private:
  using Lock = std::unique_lock<std::mutex>;
  using Time = SteadyClock::time_point;
  using ProcessPtr = std::shared_ptr<Process>;

  /// What is to be told when the mutex is no longer held.
  struct News {
    enum class Kind : std::uint8_t { kEvent, kState, kReady } kind;
    telemetry::HealthEvent event;
  };

  /// How a question has fared so far.
  struct Fate {
    int deaths = 0;
    int tries = 0;
    bool suspect = false;  ///< It is the one that is being tried alone.
    std::string cause;
  };

  Result<bool> try_once(Lock& lock, const Question& question, Fate& fate);
  ProcessPtr wait_for_process(Lock& lock);
  bool wait_for_turn(Lock& lock, Fate& fate);
  void give_turn_back(Fate& fate);
  Error unavailable() const;

  void serve();
  milliseconds time_to_wait(Time now) const;
  SteadyClock::duration wait_for_words(const std::vector<ProcessPtr>& processes, milliseconds wait);
  void read(const ProcessPtr& process);
  bool deliver(const ProcessPtr& process, Message& message);
  bool take_facts(const ProcessPtr& process, const Message& message);
  void note_readiness();
  void check(Time now);
  void check_requests(const ProcessPtr& process, Time now);
  void start_what_is_missing(Time now);
  void lose(const ProcessPtr& process, std::string cause, const Waiting* culprit = nullptr);
  void count_death(Time now);
  void bury();
  void tell_news();
  std::vector<ProcessPtr> processes() const;
  telemetry::EngineState state() const;
  void wake();

  const Setup setup_;
  telemetry::Health& health_;
  Descriptor wake_;

  mutable std::mutex mutex_;
  ProcessPtr primary_;
  ProcessPtr spare_;
  std::condition_variable readiness_;
  std::condition_variable turn_;
  bool suspect_tried_ = false;
  std::uint64_t serials_ = 0;
  std::uint64_t requests_ = 0;
  std::shared_ptr<const Facts> facts_;
  Graveyard graveyard_;
  int deaths_in_a_row_ = 0;
  std::uint64_t deaths_ = 0;
  Time last_death_{};
  Time next_start_{};
  std::optional<SteadyClock::duration> last_start_took_;
  std::string reason_ = "it loads its model";
  std::vector<News> news_;
  bool stopping_ = false;

  std::atomic<bool> ready_{false};
  std::atomic<std::uint64_t> streams_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace parley::workers
