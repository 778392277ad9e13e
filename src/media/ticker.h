// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"
#include "telemetry/loop_stats.h"

namespace parley::media {

/// The 20 ms clock of all calls. Tick n is due at start + n × 20 ms, so that nothing ever drifts. After a stall the
/// ticks that were missed are made up for at once, but no more of them than a leg's input holds (3); older ones are
/// skipped and counted, and the numbers go on as the time does. Nothing allocates after start(). Media thread only.
class Ticker {
 public:
  class Listener {
   public:
    virtual ~Listener() = default;
    /// `tick` counts from 0 and leaves out what was skipped. Must not throw.
    virtual void on_tick(std::uint64_t tick) = 0;
  };

  /// `io` and `listener` must outlive the ticker. How late every tick is, and how many are skipped, goes to `stats`.
  Ticker(boost::asio::io_context& io, Listener& listener,
         std::shared_ptr<telemetry::LoopStats> stats = std::make_shared<telemetry::LoopStats>());
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker();  ///< Stops.

  /// Tick 0 comes at once.
  void start();

  /// No tick comes after this. May be called from on_tick().
  void stop();

  /// When a tick is due. Precondition: started.
  SteadyClock::time_point due(std::uint64_t tick) const;

  const telemetry::LoopStats& stats() const;

 private:
  class Clock;
  std::shared_ptr<Clock> clock_;
};

}  // namespace parley::media
