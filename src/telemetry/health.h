// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/event_limiter.h"
#include "telemetry/status.h"

namespace parley::telemetry {

/// Something was noticed and something is done about it.
struct HealthEvent {
  std::string session_id;  ///< Empty: it concerns the whole process.
  /// "media", "hearing", "recognition", "translation", "synthesis", "playout", "profile", "ledger", "admission"; of one
  /// engine with its name: "recognition:moonshine".
  std::string component;
  Status status = Status::kOk;
  double lag_ms = 0.0;  ///< How late the component is, where that is the reason; else 0.
  /// Few words from a small set, for a metric has one counter for each: "pause", "resume", "slow playout", "retry",
  /// "next engine", "restart", "degrade", "heal", "refuse", "drop", "give up".
  std::string action;
  std::string reason;  ///< A sentence for people; never what was said.
  std::chrono::system_clock::time_point ts = std::chrono::system_clock::now();
  std::uint64_t utterance_id = 0;  ///< Within its session and speaker, as in the ledger; 0: it concerns none.
};

/// One line of JSON without the newline: {session_id, component, status, lag_ms, action, ts, reason}; ts in ISO 8601,
/// UTC, milliseconds; and utterance_id where there is one.
std::string to_json(const HealthEvent& event);

/// What is known of the process's health. Any thread but the media thread.
///
/// Whatever flaps is counted in full, but only its first events of every ten seconds are logged and kept; how many
/// more there were is logged when that time is over (EventLimiter).
class Health {
 public:
  static constexpr std::size_t kEventsKept = 500;
  /// Pairs of component and action that are counted apart; the actions of further ones are counted as "other", so that
  /// a careless caller cannot make a metric grow without end.
  static constexpr std::size_t kActionsCounted = 256;

  /// Notes an event: it is logged, counted and kept.
  void report(HealthEvent event);

  /// Says how a part of the whole process is doing. Does nothing when that is known; a change is an event, with this
  /// action. `reason`: why it is not kOk.
  void set(std::string_view component, Status status, std::string_view action, std::string_view reason = {});

  struct Component {
    Status status = Status::kOk;
    std::string reason;
  };

  struct Snapshot {
    std::map<std::string, Component> components;
    std::vector<HealthEvent> events;                                       ///< The last ones, oldest first.
    std::map<std::pair<std::string, std::string>, std::uint64_t> actions;  ///< (component, action) → how often.
    /// The worst of all components.
    Status status() const;
  };
  Snapshot snapshot() const;

 private:
  struct News {
    bool is_admitted = false;
    std::vector<EventLimiter::Rest> left_out;
  };
  News keep(const HealthEvent& event);  // The mutex is held.
  static void log(const HealthEvent& event, const News& news);
  static void log_left_out(const News& news);

  mutable std::mutex mutex_;
  mutable EventLimiter limiter_;
  std::map<std::string, Component, std::less<>> components_;
  std::deque<HealthEvent> events_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> actions_;
};

}  // namespace parley::telemetry
