// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "base/clock.h"

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

  struct Stats {
    std::uint64_t ticks = 0;    ///< Told to the listener.
    std::uint64_t late = 0;     ///< Of these, more than 5 ms after they were due.
    std::uint64_t skipped = 0;  ///< Never told.
    MillisF latest{0};          ///< The longest that one was late.
  };

  /// `io` and `listener` must outlive the ticker.
  Ticker(boost::asio::io_context& io, Listener& listener);
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;
  ~Ticker();  ///< Stops.

  /// Tick 0 comes at once.
  void start();

  /// No tick comes after this. May be called from on_tick().
  void stop();

  Stats stats() const;

 private:
  class Clock;
  std::shared_ptr<Clock> clock_;
};

}  // namespace parley::media
