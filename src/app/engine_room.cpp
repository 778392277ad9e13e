// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/engine_room.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <spdlog/spdlog.h>

#include "app/loading.h"
#include "app/workers_config.h"

namespace parley::app {

Result<std::unique_ptr<EngineRoom>> EngineRoom::open(const Settings& settings, const std::filesystem::path& file,
                                                     telemetry::Health& health, std::function<void()> ready) {
  std::unique_ptr<EngineRoom> room(new EngineRoom(settings, std::move(ready)));
  auto opened = settings.supervision.isolate ? room->start_workers(file, health) : room->load_here();
  if (!opened) return std::unexpected(opened.error());
  return room;
}

void EngineRoom::stop() {
  housekeeping_ = {};
  if (workers_) workers_->stop();
}

std::vector<telemetry::EngineStatus> EngineRoom::status() const {
  return workers_ ? workers_->status() : std::vector<telemetry::EngineStatus>();
}

double EngineRoom::cpu_seconds() const {
  if (!workers_) return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  double sum = 0.0;
  for (const auto& engine : workers_->status()) sum += engine.cpu_seconds;
  return sum;
}

Result<void> EngineRoom::load_here() {
  auto engines = load_engines(settings_, [](std::string_view what) { spdlog::info("loading {}", what); });
  if (!engines) return std::unexpected(engines.error());
  engines_ = std::move(*engines);
  spdlog::info("engines are loaded and warm after {:.1f} s", elapsed_ms(began_) / 1000.0);
  ready_();
  return {};
}

Result<void> EngineRoom::start_workers(const std::filesystem::path& file, telemetry::Health& health) {
  auto engines = std::make_shared<call::Engines>();
  if (auto loaded = load_vad(settings_, *engines); !loaded) return loaded;
  auto notices = open_notices(settings_);
  if (!notices) return std::unexpected(notices.error());
  notices_ = std::move(*notices);
  engines->notice = [notices = notices_](const Language& language, synthesis::Notice notice) {
    return notices->sound(language, notice);
  };
  auto workers = workers::Workers::start(workers_config(settings_, file), health,
                                         [this](std::string_view engine) { on_ready(engine); });
  if (!workers) return std::unexpected(workers.error());
  use_workers(**workers, settings_, *engines);
  engines_ = std::move(engines);
  workers_ = std::move(*workers);
  // It finds what became ready before it began: the semaphore remembers.
  housekeeping_ = std::jthread([this](const std::stop_token& stop) { keep_house(stop); });
  return {};
}

void EngineRoom::on_ready(std::string_view engine) {
  spdlog::info("{} is ready after {:.1f} s", engine, elapsed_ms(began_) / 1000.0);
  news_.release();
}

/// When engines become ready: says so when that is all of them, and has the notices spoken that never were.
void EngineRoom::keep_house(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { news_.release(); });
  for (bool told = false, spoken = false; !stop.stop_requested(); news_.acquire()) {
    const auto engines = workers_->status();
    const auto is_ready = [](const auto& engine) { return engine.state == telemetry::EngineState::kReady; };
    if (!told && std::ranges::all_of(engines, is_ready)) {
      told = true;
      ready_();
    }
    const auto& synthesizer = *engines_->synthesizers.front();
    if (spoken || !synthesizer.ready()) continue;
    const auto done = notices_->speak_missing(synthesizer, settings_.languages);
    spoken = done.has_value();
    if (!done) spdlog::warn("the notices to listeners are not all spoken: {}", done.error().message);
  }
}

}  // namespace parley::app
