// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_server.h"

#include <sys/resource.h>
#include <algorithm>
#include <memory>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/paths.h"
#include "call/executor.h"
#include "call/hearing.h"
#include "call/services.h"
#include "call/switchboard.h"
#include "give_up.h"
#include "load_engines.h"
#include "media/external_media_server.h"
#include "media/one_thread.h"
#include "media/priority.h"
#include "media/ticker.h"

namespace parley::bench {
namespace {

constexpr milliseconds kProgress{10'000};
constexpr milliseconds kLook{100};

/// How utterances ended.
class Ends final : public telemetry::LedgerSink {
 public:
  void on_caption(const telemetry::UtteranceRecord&) override {}
  void on_utterance(const telemetry::UtteranceRecord& record) override {
    ++outcomes[static_cast<std::size_t>(record.outcome)];
    if (const auto lag = record.response_lag()) lags.push_back(static_cast<double>(lag->count()));
  }

  std::array<std::uint64_t, telemetry::kOutcomes> outcomes{};
  std::vector<double> lags;
};

double cpu_ms(int who) {
  rusage usage{};
  getrusage(who, &usage);
  const auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1000.0 + static_cast<double>(time.tv_usec) / 1000.0;
  };
  return ms(usage.ru_utime) + ms(usage.ru_stime);
}

std::shared_ptr<const call::Engines> quick_engines() {
  auto engines = std::make_shared<call::Engines>();
  engines->vad = value_or_give_up(audio::VadModel::load(default_model_directory() / "silero_vad.onnx"));
  for (const char* code : {"en", "pt"})
    engines->recognizers[value_or_give_up(Language::parse(code))] = {quick_recognizer()};
  engines->translators = {quick_translator()};
  engines->synthesizers = {quick_synthesizer()};
  return engines;
}

class Server final : public media::Ticker::Listener {
 public:
  Server(const std::filesystem::path& socket, std::size_t legs, milliseconds time, Legs& phones)
      : legs_(legs), time_(time), phones_(phones) {
    ledger_.add(ends_);
    external_media_.emplace(io_, media::ExternalMediaConfig{.socket = socket, .limits = {.max_legs = legs + 10}},
                            switchboard_, stats_);
    const auto ticks = static_cast<std::size_t>(time / kFrameTime) + 100;
    report_.late_ms.reserve(ticks);
    report_.work_ms.reserve(ticks);
  }

  ServerReport run() {
    value_or_give_up(external_media_->start());
    hearing_.start();
    report_.real_time = media::raise_media_priority() == media::ThreadPriority::kRealTime;
    ticker_.start();
    look();
    io_.run();
    external_media_->stop();
    finish();
    return std::move(report_);
  }

 private:
  void on_tick(std::uint64_t tick) override {
    const auto begin = SteadyClock::now();
    switchboard_.tick(tick);
    if (!measuring_) return;
    report_.late_ms.push_back(MillisF(begin - ticker_.due(tick)).count());
    report_.work_ms.push_back(elapsed_ms(begin));
  }

  /// What is not done every tick.
  void look() {
    timer_.expires_after(kLook);
    timer_.async_wait([this](const boost::system::error_code&) {
      note_depths();
      const auto now = SteadyClock::now();
      if (stats_->legs == legs_ && !all_there_) all_there_ = now;
      if (all_there_ && !measured_from_ && now - *all_there_ > kSettling / 2) begin_measuring();
      if (measuring_ && now - *measured_from_ >= time_) end_measuring();
      if (measuring_ && now - told_ >= kProgress) tell(now);
      if (stats_->legs == 0 && phones_.over()) return io_.stop();
      look();
    });
  }

  void begin_measuring() {
    measuring_ = true;
    measured_from_ = told_ = SteadyClock::now();
    skipped_before_ = stats_->ticks_skipped;
    cpu_before_ = cpu_ms(RUSAGE_SELF);
    media_cpu_before_ = cpu_ms(RUSAGE_THREAD);
    fmt::print("{} legs are there\n", legs_);
    std::fflush(stdout);
  }

  void end_measuring() {
    measuring_ = false;
    const double ms = elapsed_ms(*measured_from_);
    report_.seconds = ms / 1000.0;
    report_.ticks_skipped = stats_->ticks_skipped - skipped_before_;
    report_.cpu_percent = 100.0 * (cpu_ms(RUSAGE_SELF) - cpu_before_) / ms;
    report_.media_cpu_percent = 100.0 * (cpu_ms(RUSAGE_THREAD) - media_cpu_before_) / ms;
  }

  void note_depths() {
    for (std::size_t i = 0; i < telemetry::kQueues; ++i)
      report_.deepest[i] = std::max(report_.deepest[i], stats_->depth[i].load());
  }

  void tell(SteadyClock::time_point now) {
    told_ = now;
    std::uint64_t dropped = 0;
    for (const auto& count : stats_->dropped) dropped += count;
    fmt::print("{:>5.0f} s: {} legs, {} dropped, {} ticks skipped, latest {:.1f} ms\n",
               MillisF(now - *measured_from_).count() / 1000.0, stats_->legs.load(), dropped,
               stats_->ticks_skipped.load() - skipped_before_, std::ranges::max(report_.late_ms));
    std::fflush(stdout);
  }

  void finish() {
    if (report_.late_ms.empty() || report_.seconds == 0.0) give_up("the phones left before the time was over");
    for (std::size_t i = 0; i < telemetry::kQueues; ++i) report_.dropped[i] = stats_->dropped[i];
    report_.frames_in = stats_->frames_in;
    report_.frames_out = stats_->frames_out;
    report_.outcomes = ends_->outcomes;
    report_.response_lag_ms = ends_->lags;
  }

  const std::size_t legs_;
  const milliseconds time_;
  Legs& phones_;
  ServerReport report_;
  std::optional<SteadyClock::time_point> all_there_;
  std::optional<SteadyClock::time_point> measured_from_;
  SteadyClock::time_point told_{};
  bool measuring_ = false;
  std::uint64_t skipped_before_ = 0;
  double cpu_before_ = 0.0;
  double media_cpu_before_ = 0.0;

  const std::shared_ptr<telemetry::LoopStats> stats_ = std::make_shared<telemetry::LoopStats>();
  const std::shared_ptr<Ends> ends_ = std::make_shared<Ends>();
  telemetry::Ledger ledger_;
  telemetry::Health health_;
  call::Capacity capacity_{{.calls = 1'000'000}};
  const call::CallConfig config_;
  call::Executor executor_{static_cast<int>(std::max(1U, std::thread::hardware_concurrency()))};
  boost::asio::io_context io_{media::kOneThread};
  boost::asio::steady_timer timer_{io_};
  const call::Services services_{quick_engines(), executor_, ledger_, health_, *stats_, capacity_, config_};
  call::Hearing hearing_{services_, audio::EndpointerConfig()};
  call::Switchboard switchboard_{services_, hearing_};
  std::optional<media::ExternalMediaServer> external_media_;
  media::Ticker ticker_{io_, *this, stats_};
};

}  // namespace

ServerReport serve(const std::filesystem::path& socket, std::size_t legs, milliseconds time, Legs& phones) {
  return Server(socket, legs, time, phones).run();
}

}  // namespace parley::bench
