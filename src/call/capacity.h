// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>

#include "base/clock.h"

namespace parley::call {

/// How many calls this machine translates at once.
struct CapacityConfig {
  int calls = 0;         ///< So many; 0: as many as the model below says.
  double cores = 0.0;    ///< That there are for it; 0: all.
  double share = 0.6;    ///< Of the cores, how much may be used on average: above it answers wait for cores. 0.1…1.
  double cost = 0.4;     ///< Cores that one who speaks takes, until it is measured. 0.05…8.
  double talking = 0.8;  ///< How many speak at once in a call of two, on average: somebody, most of the time. 0.1…2.
};

/// The capacity model: calls = cores × share ÷ (cost of one who speaks × how many speak at once), at least 1. The cost
/// is measured while calls go on: CPU time of the engines per time somebody spoke.
class Capacity {
 public:
  explicit Capacity(const CapacityConfig& config = {});

  // --- Media thread.

  /// Takes a call in, unless there are too many.
  bool admit();
  void release() { calls_.fetch_sub(1, std::memory_order_relaxed); }

  // --- Hearing thread.

  /// So much was spoken in all calls together.
  void note_speech(milliseconds time) { speech_ms_.fetch_add(time.count(), std::memory_order_relaxed); }

  // --- One thread, every few seconds.

  /// `cpu_seconds`: of all engines since the process began. Takes what was used since the last time into the cost,
  /// where enough was spoken to tell.
  void measure(double cpu_seconds);

  // --- Any thread.

  int calls() const { return calls_.load(std::memory_order_relaxed); }
  int limit() const { return limit_.load(std::memory_order_relaxed); }
  double cost() const { return cost_.load(std::memory_order_relaxed); }

 private:
  int limit_at(double cost) const;

  const CapacityConfig config_;
  std::atomic<int> calls_{0};
  std::atomic<int> limit_;
  std::atomic<double> cost_;
  std::atomic<milliseconds::rep> speech_ms_{0};
  double cpu_measured_ = 0.0;  ///< Up to where the cost is measured.
  milliseconds::rep speech_measured_ = 0;
};

}  // namespace parley::call
