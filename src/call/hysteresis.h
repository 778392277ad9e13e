// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "base/clock.h"

namespace parley::call {

/// Something that is done while a lag is long: it begins above one limit and ends below a lower one, so that it does
/// not flutter.
class Hysteresis {
 public:
  /// `off` < `on`.
  constexpr Hysteresis(MillisF on, MillisF off) : on_(on), off_(off) {}

  /// True when this lag begins or ends it.
  bool update(MillisF lag) {
    const bool was = active_;
    active_ = active_ ? lag >= off_ : lag > on_;
    return active_ != was;
  }

  bool active() const { return active_; }

 private:
  MillisF on_;
  MillisF off_;
  bool active_ = false;
};

}  // namespace parley::call
