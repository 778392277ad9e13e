// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/capacity.h"

#include <algorithm>
#include <thread>

namespace parley::call {
namespace {

/// Before so much was spoken, what the engines did besides (warming up, a spare that loads) would count for too much.
constexpr milliseconds::rep kEnoughSpeech = 20'000;

/// How much of the old cost is kept at each measurement.
constexpr double kMemory = 0.7;

}  // namespace

Capacity::Capacity(const CapacityConfig& config) : config_(config), limit_(limit_at(config.cost)), cost_(config.cost) {}

bool Capacity::admit() {
  if (calls() >= limit()) return false;
  calls_.fetch_add(1, std::memory_order_relaxed);
  return true;
}

void Capacity::measure(double cpu_seconds) {
  const milliseconds::rep speech = speech_ms_.load(std::memory_order_relaxed);
  if (speech - speech_measured_ < kEnoughSpeech) return;
  const double used = (cpu_seconds - cpu_measured_) / (static_cast<double>(speech - speech_measured_) / 1000.0);
  const bool first = cpu_measured_ == 0.0;
  cpu_measured_ = cpu_seconds;
  speech_measured_ = speech;
  if (first) return;  // Loading was part of that.
  const double cost = std::clamp(kMemory * cost_.load() + (1.0 - kMemory) * used, 0.05, 8.0);
  cost_ = cost;
  limit_ = limit_at(cost);
}

int Capacity::limit_at(double cost) const {
  if (config_.calls > 0) return config_.calls;
  const double cores = config_.cores > 0.0 ? config_.cores : std::max(1U, std::thread::hardware_concurrency());
  return std::max(1, static_cast<int>(cores * config_.share / (cost * config_.talking)));
}

}  // namespace parley::call
