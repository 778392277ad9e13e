// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <string>
#include <thread>

#include "support/temporary_directory.h"
#include "workers/workers.h"

namespace parley::workers::testing {

using namespace std::chrono_literals;

inline const Language kEnglish = *Language::parse("en");
inline const Language kPortuguese = *Language::parse("pt");
inline const Language kFrench = *Language::parse("fr");

constexpr auto kPatience = 20s;  // Far beyond what anything here takes.

/// Whether the condition comes true; looks again and again.
template <typename Condition>
bool eventually(const Condition& condition) {
  const auto deadline = SteadyClock::now() + kPatience;
  while (!condition()) {
    if (SteadyClock::now() > deadline) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

/// Engines that do what they are told (fake_engine.cpp), with limits that a test can wait for.
class WorkersTest : public ::testing::Test {
 protected:
  WorkersTest() {
    config_.program = PARLEY_FAKE_ENGINE;
    config_.data = std::filesystem::path(PARLEY_SOURCE_DIR) / "data";
    config_.languages = {kEnglish, kPortuguese};
    auto& limits = config_.supervision.limits;
    limits.recognition = limits.translation = limits.synthesis = 300ms;
    limits.absolute = 5s;
    limits.runaway = 500ms;
    limits.ping = 400ms;
    config_.supervision.back_off = {.first = 20ms, .longest = 200ms, .forgiven_after = 5s, .failed_after = 4};
  }

  void start_translator(const std::string& engine = "plain") {
    config_.translation = {engine};
    start();
    translator_ = workers_->translator(engine);
  }

  void start() {
    auto started = Workers::start(config_, health_, [this](std::string_view) { ++times_ready_; });
    ASSERT_TRUE(started) << started.error().message;
    workers_ = std::move(*started);
  }

  telemetry::EngineStatus status() const { return workers_->status().front(); }

  /// With the spare, where there is to be one.
  bool wait_until_ready() {
    return eventually([this] {
      const auto engine = status();
      return engine.state == telemetry::EngineState::kReady &&
             engine.processes.size() == (config_.supervision.spares ? 2 : 1);
    });
  }

  /// What a script's translation says.
  Result<std::string> tell(const std::string& script) const {
    auto translation =
        translator_->translate({.source = script, .pair = {kEnglish, kPortuguese}, .committed_prefix = {}});
    if (!translation) return std::unexpected(translation.error());
    return translation->text;
  }

  std::string once(const std::string& script) {
    return "once " + (directory_ / ("mark" + std::to_string(++marks_))).string() + " " + script;
  }

  bool reported(std::string_view action, std::string_view reason) const {
    const auto events = health_.snapshot().events;
    return std::ranges::any_of(events, [&](const auto& event) {
      return event.action == action && event.reason.find(reason) != std::string::npos;
    });
  }

  support::TemporaryDirectory directory_;
  telemetry::Health health_;
  WorkersConfig config_;
  std::atomic<int> times_ready_{0};
  std::unique_ptr<Workers> workers_;
  std::shared_ptr<const translation::Translator> translator_;
  int marks_ = 0;
};

}  // namespace parley::workers::testing
