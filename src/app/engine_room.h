// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <semaphore>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "app/settings.h"
#include "base/clock.h"
#include "call/engines.h"
#include "synthesis/spoken_notices.h"
#include "telemetry/engine_status.h"
#include "telemetry/health.h"
#include "workers/workers.h"

namespace parley::app {

/// The engines and who looks after them: in processes of their own, which load while calls are taken already; or in
/// this one, loaded before.
class EngineRoom {
 public:
  /// `file`: the configuration, for the processes; empty where the defaults hold. `ready`: told once, when every engine
  /// has been ready; in any thread. `settings` and `health` outlive the room. Errors: those of loading, naming what is
  /// missing or wrong; of an engine's process only that it cannot be started.
  static Result<std::unique_ptr<EngineRoom>> open(const Settings& settings, const std::filesystem::path& file,
                                                  telemetry::Health& health, std::function<void()> ready);

  std::shared_ptr<const call::Engines> engines() const { return engines_; }

  /// Ends the engines' processes: what is asked of them from now on is unavailable.
  void stop();

  /// Empty where the engines are in this process.
  std::vector<telemetry::EngineStatus> status() const;

  /// CPU time that engines used since the beginning: of their processes, or of this one.
  double cpu_seconds() const;

 private:
  EngineRoom(const Settings& settings, std::function<void()> ready) : settings_(settings), ready_(std::move(ready)) {}

  Result<void> load_here();
  Result<void> start_workers(const std::filesystem::path& file, telemetry::Health& health);
  void on_ready(std::string_view engine);
  void keep_house(const std::stop_token& stop);

  const Settings& settings_;
  const std::function<void()> ready_;
  const SteadyClock::time_point began_ = SteadyClock::now();
  std::shared_ptr<const call::Engines> engines_;
  std::shared_ptr<synthesis::SpokenNotices> notices_;
  std::counting_semaphore<> news_{0};
  std::unique_ptr<workers::Workers> workers_;  ///< Null where the engines are in this process.
  std::jthread housekeeping_;
};

}  // namespace parley::app
