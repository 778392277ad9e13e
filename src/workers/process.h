// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "workers/hang_watch.h"
#include "workers/spawn.h"
#include "workers/wire.h"

namespace parley::workers {

/// A request that a process works on, and the thread of a caller that waits for it. Guarded by the pool's mutex.
struct Waiting {
  enum class State : std::uint8_t {
    kWaiting,
    kAnswered,
    kLost,    ///< The process is gone, perhaps because of this request.
    kSpared,  ///< The process is gone, because of something else.
  };

  HangWatch watch;
  State state = State::kWaiting;
  Message answer;
  std::string cause;  ///< Why there is no answer.
  std::condition_variable changed;
};

/// parleyd's end of one engine process. Guarded by the pool's mutex, except where it says so.
class Process {
 public:
  using Time = SteadyClock::time_point;

  enum class Phase : std::uint8_t { kLoading, kReady, kGone };

  Process(std::uint64_t serial, Child child, bool background)
      : serial_(serial), child_(std::move(child)), background_(background) {}

  std::uint64_t serial() const { return serial_; }  ///< Of its pool, from 1. Any thread.
  pid_t pid() const { return child_.pid; }          ///< Any thread. It is ours until the pool has waited for it.
  int socket() const { return child_.socket.get(); }
  /// Whether it does what is to be done once for all processes (measuring voices).
  bool works_in_background() const { return background_; }
  Time started() const { return started_; }
  CpuTime cpu_time() const { return phase_ == Phase::kGone ? CpuTime{} : cpu_time_of(pid()); }

  Phase phase() const { return phase_; }
  bool ready() const { return phase_ == Phase::kReady; }
  Time ready_since() const { return ready_since_; }
  void set_ready();

  /// Sends without ever waiting; what the process does not take now is kept for flush().
  void send(MessageType type, std::uint64_t request, std::string_view payload);
  /// False: some is left, to be tried again when the socket can be written.
  bool flush();
  bool has_unsent() const { return sent_ < out_.size(); }

  /// What the process said since. The pool's thread only, without the mutex. Errors: kUnavailable when the connection
  /// is at its end, kInvalid when what it said makes no sense; the messages before that are in `messages`.
  Result<void> receive(std::vector<Message>& messages);

  /// Asks an idle process for a sign of life when it is time.
  void ping_if_due(Time now);
  void pong() { pinged_.reset(); }
  /// Since when it owes one.
  std::optional<Time> pinged() const { return pinged_; }
  void excuse(SteadyClock::duration away);

  /// Ends it: SIGKILL, and nobody hears of it any more. It is to be waited for.
  void end();

  std::map<std::uint64_t, Waiting*> requests;

 private:
  const std::uint64_t serial_;
  const Child child_;
  const bool background_;
  Time started_ = SteadyClock::now();
  Phase phase_ = Phase::kLoading;
  Time ready_since_;
  std::string out_;
  std::size_t sent_ = 0;
  Decoder decoder_;
  Time next_ping_;
  std::optional<Time> pinged_;
};

}  // namespace parley::workers
