// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/wav_call.h"

#include <thread>

#include "app/executor_threads.h"
#include "call/executor.h"
#include "call/hearing.h"
#include "call/switchboard.h"
#include "media/wav_leg.h"

namespace parley::app {
namespace {

media::LegInfo party(std::string leg, const Language& language) {
  return {.session = "recording", .leg = std::move(leg), .speaks = language, .hears = language};
}

}  // namespace

Result<milliseconds> run_wav_call(WavCall call, const Settings& settings, std::shared_ptr<const call::Engines> engines,
                                  telemetry::Ledger& ledger) {
  media::HeardRecorder recorder(std::move(call.writer));
  call::Executor executor(executor_threads(settings));
  telemetry::Health health;
  telemetry::LoopStats stats;
  call::Capacity capacity({.calls = 1});
  const call::Services services{engines, executor, ledger, health, stats, capacity, settings.call};
  call::Hearing hearing(services, settings.endpoint);
  call::Switchboard switchboard(services, hearing);
  // The speaker hangs up when the recording is over; the listener stays until it has heard everything.
  switchboard.on_leg(std::make_unique<media::WavLeg>(party("speaker", call.pair.from), std::move(call.recording),
                                                     milliseconds(0), nullptr));
  switchboard.on_leg(std::make_unique<media::WavLeg>(party("listener", call.pair.to), std::vector<std::int16_t>{},
                                                     std::nullopt, &recorder));

  std::uint64_t tick = 0;
  for (auto due = SteadyClock::now(); switchboard.rooms() > 0; ++tick) {
    switchboard.tick(tick);
    hearing.process();
    const bool computing = executor.pending() > 0;
    due = std::max(due + kFrameTime, SteadyClock::now());
    if (call.pace == Pace::kRealtime || computing) {
      std::this_thread::sleep_until(due);
    } else {
      due = SteadyClock::now();
    }
  }
  hearing.process();
  if (auto closed = recorder.close(); !closed) return std::unexpected(closed.error());
  return milliseconds(tick * kFrameTime.count());
}

}  // namespace parley::app
