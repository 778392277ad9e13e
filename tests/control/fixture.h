// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include "control/client.h"
#include "control/http_server.h"

namespace parley::control::testing {

/// Everything that is told about, with a loop that ticks as long as it is told to.
struct Daemon {
  telemetry::Health health;
  telemetry::Histograms histograms;
  telemetry::Ring ring;
  telemetry::LoopStats loop;
  std::atomic<bool> ticks = true;

  Daemon() {
    spdlog::set_level(spdlog::level::off);
    ticker_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (ticks) loop.note_tick(0.3);
        std::this_thread::sleep_for(20ms);
      }
    });
  }

  /// For good; then the loop is whoever's that calls it.
  void end_ticking() {
    ticker_.request_stop();
    ticker_.join();
  }

  void set_engines(std::vector<telemetry::EngineStatus> engines) {
    const std::lock_guard lock(mutex_);
    engines_ = std::move(engines);
  }

  Sources sources() {
    return {.health = health,
            .histograms = histograms,
            .ring = ring,
            .loop = loop,
            .engines =
                [this] {
                  const std::lock_guard lock(mutex_);
                  return engines_;
                },
            .version = "1.2.3",
            .admission = [] { return Admission{.calls = 2, .limit = 5, .cores_per_talker = 0.4}; }};
  }

 private:
  std::mutex mutex_;
  std::vector<telemetry::EngineStatus> engines_{
      {.name = "recognition:moonshine",
       .state = telemetry::EngineState::kReady,
       .processes = {101, 102},
       .restarts = 2,
       .cpu_seconds = 1.5,
       .memory_bytes = 1 << 20},
      {.name = "recognition:whisper", .state = telemetry::EngineState::kReady, .processes = {103}},
      {.name = "translation:marian", .state = telemetry::EngineState::kReady},
      {.name = "synthesis:kokoro", .state = telemetry::EngineState::kReady, .processes = {104}},
  };
  std::jthread ticker_;
};

/// A server on a free port that tells about a daemon.
class ServedDaemon : public ::testing::Test {
 protected:
  /// Unless it is told otherwise, every answer is made anew.
  void serve(HttpConfig config = {.keep = milliseconds(0)}) {
    config.port = 0;
    auto started = HttpServer::start(config, daemon_.sources());
    ASSERT_TRUE(started) << started.error().message;
    server_ = std::move(*started);
  }

  /// Asks until it is as it should be, or 5 s are over; the last reply.
  template <typename Wanted>
  Reply get_until(std::string_view path, Wanted wanted) {
    Reply reply;
    for (int i = 0; i < 100; ++i) {
      reply = get(port(), path);
      if (wanted(reply)) break;
      std::this_thread::sleep_for(50ms);
    }
    return reply;
  }

  std::uint16_t port() const { return server_->port(); }

  Daemon daemon_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace parley::control::testing
