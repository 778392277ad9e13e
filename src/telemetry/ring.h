// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <vector>

#include "telemetry/ledger.h"
#include "telemetry/measures.h"

namespace parley::telemetry {

/// The last utterances that are over, in memory, for whoever wants to look at a running daemon. Any thread.
class Ring : public LedgerSink {
 public:
  static constexpr std::size_t kDefaultCapacity = 500;

  /// `capacity`: at least 1.
  explicit Ring(std::size_t capacity = kDefaultCapacity);

  void on_caption(const UtteranceRecord& /*record*/) override {}
  void on_utterance(const UtteranceRecord& record) override;

  /// Oldest first.
  std::vector<UtteranceRecord> snapshot() const;

  /// Of the same, without copying them.
  std::vector<Measures> measures() const;

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::deque<UtteranceRecord> records_;
  std::deque<Measures> measures_;  ///< Of each of them.
};

}  // namespace parley::telemetry
