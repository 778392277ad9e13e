// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "call/config.h"
#include "call/engines.h"

namespace parley::call {

/// The tries at one piece of work: which engine of a chain has the next one.
class Attempts {
 public:
  /// The engine to ask now: the first that is ready, of those that were not given up. `chain` is not empty.
  template <typename Engine>
  const Engine& engine(const Chain<Engine>& chain) {
    if (failures_ == 0) {
      for (std::size_t i = engine_; i < chain.size(); ++i) {
        if (chain[i]->ready()) {
          engine_ = i;
          break;
        }
      }
    }
    return *chain[engine_];
  }

  /// The engine failed: how long to wait before the next try; nothing when there is none to be made. What is wrong with
  /// the work itself is not tried again on the same engine, and nobody is waited for while another is ready.
  template <typename Engine>
  std::optional<milliseconds> after_failure(const Error& error, const Chain<Engine>& chain, const RetryPolicy& policy) {
    const bool may_help = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kInternal;
    const bool another = engine_ + 1 < chain.size();
    const bool gone = !chain[engine_]->ready();
    if (may_help && failures_ < policy.times && !(gone && another)) return policy.first * (1 << failures_++);
    if (!another) return std::nullopt;
    ++engine_;
    failures_ = 0;
    return milliseconds(0);
  }

  /// What the next try is, for a health event.
  std::string_view action() const { return failures_ > 0 ? "retry" : "next engine"; }

 private:
  std::size_t engine_ = 0;
  int failures_ = 0;  ///< Of this engine.
};

}  // namespace parley::call
