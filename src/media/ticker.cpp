// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/ticker.h"

#include <algorithm>

#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/steady_timer.hpp>

#include "media/handler_memory.h"

namespace parley::media {
namespace {

constexpr std::uint64_t kMostAtOnce = 3;

}  // namespace

/// Outlives the ticker while its timer's last handler is on its way.
class Ticker::Clock : public std::enable_shared_from_this<Clock> {
 public:
  Clock(boost::asio::io_context& io, Listener& listener, std::shared_ptr<telemetry::LoopStats> stats)
      : timer_(io), listener_(&listener), stats_(std::move(stats)) {}

  void start() {
    begin_ = SteadyClock::now();
    next_ = 0;
    is_running_ = true;
    wait();
  }

  void stop() {
    is_running_ = false;
    timer_.cancel();
  }

  const telemetry::LoopStats& stats() const { return *stats_; }

  SteadyClock::time_point due(std::uint64_t tick) const {
    return begin_ + static_cast<SteadyClock::rep>(tick) * kFrameTime;
  }

 private:
  void wait() {
    timer_.expires_at(due(next_));
    timer_.async_wait(boost::asio::bind_allocator(HandlerAllocator<void>(memory_),
                                                  [self = shared_from_this()](const boost::system::error_code& error) {
                                                    if (!error) self->on_time();
                                                  }));
  }

  void on_time() {
    if (!is_running_) return;
    const std::uint64_t newest = static_cast<std::uint64_t>((SteadyClock::now() - begin_) / kFrameTime);
    if (newest >= next_ + kMostAtOnce) {
      const std::uint64_t skip = newest + 1 - kMostAtOnce - next_;
      stats_->ticks_skipped.fetch_add(skip, std::memory_order_relaxed);
      next_ += skip;
    }
    while (is_running_ && next_ <= newest) tell();
    if (is_running_) wait();
  }

  void tell() {
    stats_->note_tick(elapsed_ms(due(next_)));
    listener_->on_tick(next_++);
  }

  boost::asio::steady_timer timer_;
  Listener* listener_;
  HandlerMemory memory_;
  SteadyClock::time_point begin_{};
  std::uint64_t next_ = 0;
  bool is_running_ = false;
  const std::shared_ptr<telemetry::LoopStats> stats_;
};

Ticker::Ticker(boost::asio::io_context& io, Listener& listener, std::shared_ptr<telemetry::LoopStats> stats)
    : clock_(std::make_shared<Clock>(io, listener, std::move(stats))) {}

Ticker::~Ticker() { stop(); }

void Ticker::start() { clock_->start(); }

void Ticker::stop() { clock_->stop(); }

SteadyClock::time_point Ticker::due(std::uint64_t tick) const { return clock_->due(tick); }

const telemetry::LoopStats& Ticker::stats() const { return clock_->stats(); }

}  // namespace parley::media
