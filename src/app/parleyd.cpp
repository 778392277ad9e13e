// SPDX-License-Identifier: GPL-3.0-or-later
// parleyd: the orchestrator. Serves legs from Asterisk until it is told to stop.
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <optional>
#include <thread>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/engine_room.h"
#include "app/executor_threads.h"
#include "app/settings.h"
#include "base/log.h"
#include "call/executor.h"
#include "call/hearing.h"
#include "call/switchboard.h"
#include "control/http_server.h"
#include "media/audiosocket_server.h"
#include "media/external_media_server.h"
#include "media/one_thread.h"
#include "media/priority.h"
#include "media/ticker.h"
#include "telemetry/drop_reports.h"
#include "telemetry/histograms.h"
#include "telemetry/ledger.h"
#include "telemetry/ring.h"

namespace parley::app {
namespace {

constexpr std::chrono::seconds kHousekeeping{5};

/// The running daemon: rooms, threads and servers in the order in which they depend on each other.
class Daemon : public media::Ticker::Listener {
 public:
  Daemon(const Settings& settings, std::filesystem::path file)
      : settings_(settings),
        file_(std::move(file)),
        capacity_(settings_.capacity),
        executor_(executor_threads(settings)) {}

  Result<void> start() {
    ledger_.add(std::make_shared<telemetry::LogSink>(settings_.log_texts ? telemetry::LoggedTexts::kWritten
                                                                         : telemetry::LoggedTexts::kLeftOut));
    ledger_.add(ring_);
    ledger_.add(histograms_);
    if (!settings_.ledger.empty()) {
      auto file = telemetry::JsonLinesSink::open(
          settings_.ledger, settings_.ledger_partials ? telemetry::Partials::kWritten : telemetry::Partials::kLeftOut,
          &health_);
      if (!file) return std::unexpected(file.error());
      ledger_.add(std::move(*file));
    }
    auto room = EngineRoom::open(settings_, file_, health_, [] { spdlog::info("ready"); });
    if (!room) return std::unexpected(room.error());
    engine_room_ = std::move(*room);
    serve_calls();
    if (auto started = external_media_->start(); !started) return started;
    spdlog::info("legs from chan_externalmedia: {}", settings_.external_media.socket.string());
    if (settings_.audiosocket_enabled) {
      if (auto started = audiosocket_->start(); !started) return started;
      spdlog::info("legs from AudioSocket: {}:{}", settings_.audiosocket.address, audiosocket_->port());
    }
    return start_http();
  }

  /// Until a signal says stop. The calling thread is the media thread.
  void run() {
    hearing_->start();
    media::raise_media_priority();
    ticker_->start();
    housekeeping_ = std::jthread([this](const std::stop_token& stop) { keep_house(stop); });
    boost::asio::signal_set signals(io_, SIGTERM, SIGINT);
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      spdlog::info("{}: stopping; {} calls are left to Asterisk", signal == SIGTERM ? "SIGTERM" : "SIGINT",
                   switchboard_->rooms());
      io_.stop();
    });
    io_.run();
    // What takes time comes first: legs that are let go look for a successor for 1.4 s.
    http_.reset();
    engine_room_->stop();
    histograms_->log_summary();
    external_media_->stop();
    audiosocket_->stop();
    switchboard_->abandon();
  }

 private:
  void serve_calls() {
    const call::Services services{engine_room_->engines(), executor_, ledger_, health_, *stats_, capacity_,
                                  settings_.call};
    hearing_.emplace(services, settings_.endpoint);
    switchboard_.emplace(services, *hearing_);
    external_media_.emplace(io_, settings_.external_media, *switchboard_, stats_);
    audiosocket_.emplace(io_, settings_.audiosocket, *switchboard_, stats_);
    ticker_.emplace(io_, *this, stats_);
  }

  Result<void> start_http() {
    if (!settings_.http.enabled) return {};
    auto server = control::HttpServer::start(
        settings_.http, {.health = health_,
                         .histograms = *histograms_,
                         .ring = *ring_,
                         .loop = *stats_,
                         .engines = [this] { return engine_room_->status(); },
                         .version = PARLEY_VERSION,
                         .admission =
                             [this] {
                               return control::Admission{capacity_.calls(), capacity_.limit(), capacity_.cost()};
                             }});
    if (!server) return std::unexpected(server.error());
    http_ = std::move(*server);
    spdlog::info("health and metrics: http://{}:{}/health", settings_.http.address, http_->port());
    return {};
  }

  /// Every few seconds: what calls cost, who loses frames, and whether the media thread is as urgent as it should be.
  void keep_house(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any wake;
    for (std::unique_lock lock(mutex);
         !wake.wait_for(lock, stop, kHousekeeping, [&] { return stop.stop_requested(); });) {
      capacity_.measure(engine_room_->cpu_seconds());
      telemetry::report_drops(*stats_, health_);
      if (media::real_time_was_lost())
        health_.set("media", telemetry::Status::kDegraded, "degrade", "the media thread lost its real-time priority");
    }
  }

  void on_tick(std::uint64_t tick) override {
    switchboard_->tick(tick);
    const bool calls = switchboard_->rooms() > 0;
    if (std::exchange(calls_, calls) && !calls) sum_up_soon();
  }

  /// The last call is over; its books are closed within moments.
  void sum_up_soon() {
    summary_.expires_after(std::chrono::seconds(1));
    summary_.async_wait([this](const boost::system::error_code& error) {
      if (!error) histograms_->log_summary();
    });
  }

  const Settings settings_;
  const std::filesystem::path file_;
  boost::asio::io_context io_{media::kOneThread};
  telemetry::Health health_;
  const std::shared_ptr<telemetry::LoopStats> stats_ = std::make_shared<telemetry::LoopStats>();
  telemetry::Ledger ledger_;
  const std::shared_ptr<telemetry::Ring> ring_ = std::make_shared<telemetry::Ring>();
  const std::shared_ptr<telemetry::Histograms> histograms_ = std::make_shared<telemetry::Histograms>();
  boost::asio::steady_timer summary_{io_};
  bool calls_ = false;
  call::Capacity capacity_;
  std::unique_ptr<EngineRoom> engine_room_;
  call::Executor executor_;
  std::optional<call::Hearing> hearing_;
  std::optional<call::Switchboard> switchboard_;
  std::optional<media::ExternalMediaServer> external_media_;
  std::optional<media::AudioSocketServer> audiosocket_;
  std::optional<media::Ticker> ticker_;
  std::unique_ptr<control::HttpServer> http_;
  std::jthread housekeeping_;
};

/// Loads every engine once, in this process.
int check(Settings settings) {
  settings.supervision.isolate = false;
  telemetry::Health health;
  const auto room = EngineRoom::open(settings, {}, health, [] {});
  if (!room) spdlog::error("{}", room.error().message);
  return room ? EXIT_SUCCESS : EXIT_FAILURE;
}

int serve(const Settings& settings, const std::string& file) {
  Daemon daemon(settings, file);
  if (auto started = daemon.start(); !started) {
    spdlog::error("{}", started.error().message);
    return EXIT_FAILURE;
  }
  daemon.run();
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace parley::app

int main(int argc, char** argv) {
  using namespace parley;
  CLI::App cli(
      "parleyd translates telephone calls: it takes legs from Asterisk (chan_externalmedia or AudioSocket) and gives "
      "each party the others in its own "
      "language.");
  cli.set_version_flag("--version", "parleyd " PARLEY_VERSION);
  std::string config;
  bool check = false;
  cli.add_option("-c,--config", config, "Configuration file (TOML); without it the defaults hold")
      ->check(CLI::ExistingFile);
  cli.add_flag("--check", check, "Check the configuration, load every engine once, and exit");
  cli.footer(
      "Stop it with SIGTERM or SIGINT. `parley doctor` examines the machine; docs/parley.toml has every setting.");
  CLI11_PARSE(cli, argc, argv);

  const auto settings = config.empty() ? Result<app::Settings>(app::default_settings()) : app::load_settings(config);
  if (!settings) {
    std::cerr << "parleyd: " << settings.error().message << "\n";
    return EXIT_FAILURE;
  }
  if (const auto logging = set_up_logging(settings->log_level, LogWriting::kInBackground, settings->log_format);
      !logging) {
    std::cerr << "parleyd: " << logging.error().message << "\n";
    return EXIT_FAILURE;
  }
  const int status = check ? app::check(*settings) : app::serve(*settings, config);
  spdlog::shutdown();
  return status;
}
