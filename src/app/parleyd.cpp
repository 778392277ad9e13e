// SPDX-License-Identifier: GPL-3.0-or-later
// parleyd: the orchestrator. Serves legs from Asterisk until it is told to stop.
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/executor_threads.h"
#include "app/loading.h"
#include "app/settings.h"
#include "base/log.h"
#include "call/executor.h"
#include "call/hearing.h"
#include "call/switchboard.h"
#include "media/audiosocket_server.h"
#include "media/external_media_server.h"
#include "media/ticker.h"
#include "telemetry/histograms.h"
#include "telemetry/ledger.h"
#include "telemetry/ring.h"

namespace parley::app {
namespace {

/// The running daemon: rooms, threads and servers in the order in which they depend on each other.
class Daemon : public media::Ticker::Listener {
 public:
  Daemon(const Settings& settings, std::shared_ptr<const call::Engines> engines)
      : settings_(settings),
        executor_(executor_threads(settings)),
        hearing_(engines, executor_, ledger_, settings_.call, settings_.endpoint),
        switchboard_(engines, settings_.call, hearing_),
        external_media_(io_, settings_.external_media, switchboard_),
        audiosocket_(io_, settings_.audiosocket, switchboard_),
        ticker_(io_, *this) {}

  Result<void> start() {
    ledger_.add(std::make_shared<telemetry::LogSink>());
    ledger_.add(ring_);
    ledger_.add(histograms_);
    if (!settings_.ledger.empty()) {
      auto file = telemetry::JsonLinesSink::open(
          settings_.ledger, settings_.ledger_partials ? telemetry::Partials::kWritten : telemetry::Partials::kLeftOut);
      if (!file) return std::unexpected(file.error());
      ledger_.add(std::move(*file));
    }
    if (auto started = external_media_.start(); !started) return started;
    spdlog::info("legs from chan_externalmedia: {}", settings_.external_media.socket.string());
    if (settings_.audiosocket_enabled) {
      if (auto started = audiosocket_.start(); !started) return started;
      spdlog::info("legs from AudioSocket: {}:{}", settings_.audiosocket.address, audiosocket_.port());
    }
    return {};
  }

  /// Until a signal says stop. The calling thread is the media thread.
  void run() {
    hearing_.start();
    ticker_.start();
    boost::asio::signal_set signals(io_, SIGTERM, SIGINT);
    signals.async_wait([this](const boost::system::error_code& error, int signal) {
      if (error) return;
      spdlog::info("{}: stopping; {} calls are left to Asterisk", signal == SIGTERM ? "SIGTERM" : "SIGINT",
                   switchboard_.rooms());
      io_.stop();
    });
    io_.run();
    external_media_.stop();
    audiosocket_.stop();
    switchboard_.abandon();
    histograms_->log_summary();
  }

 private:
  void on_tick(std::uint64_t tick) override {
    switchboard_.tick(tick);
    const bool calls = switchboard_.rooms() > 0;
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
  boost::asio::io_context io_{1};
  telemetry::Ledger ledger_;
  const std::shared_ptr<telemetry::Ring> ring_ = std::make_shared<telemetry::Ring>();
  const std::shared_ptr<telemetry::Histograms> histograms_ = std::make_shared<telemetry::Histograms>();
  boost::asio::steady_timer summary_{io_};
  bool calls_ = false;
  call::Executor executor_;
  call::Hearing hearing_;
  call::Switchboard switchboard_;
  media::ExternalMediaServer external_media_;
  media::AudioSocketServer audiosocket_;
  media::Ticker ticker_;
};

int run_daemon(const Settings& settings, bool check_only) {
  const auto began = SteadyClock::now();
  auto engines = load_engines(settings, [](std::string_view what) { spdlog::info("loading {}", what); });
  if (!engines) {
    spdlog::error("{}", engines.error().message);
    return EXIT_FAILURE;
  }
  spdlog::info("engines are loaded and warm after {:.1f} s", elapsed_ms(began) / 1000.0);
  if (check_only) return EXIT_SUCCESS;
  Daemon daemon(settings, std::move(*engines));
  if (auto started = daemon.start(); !started) {
    spdlog::error("{}", started.error().message);
    return EXIT_FAILURE;
  }
  spdlog::info("ready");
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
  if (const auto logging = set_up_logging(settings->log_level, LogWriting::kInBackground); !logging) {
    std::cerr << "parleyd: " << logging.error().message << "\n";
    return EXIT_FAILURE;
  }
  const int status = app::run_daemon(*settings, check);
  spdlog::shutdown();
  return status;
}
