// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "call/hysteresis.h"
#include "call/link.h"
#include "call/services.h"

namespace parley::call {

/// How fast one direction works and speaks: slower where a stage cannot keep up, faster where what is to be heard piles
/// up. Under the interpreter's mutex.
class Pace {
 public:
  Pace(std::shared_ptr<Link> link, const Services& services);

  /// A run of the recogniser had to wait so long for a core.
  void note_recognition_lag(MillisF lag);

  /// From one hypothesis of somebody who goes on to the next.
  milliseconds partial_interval() const;

  /// Once a tick: sets the playout's tempo. `lag`: the next piece of speech is so late. `behind`: so much is to be
  /// heard before what the listener waits for.
  void keep(MillisF lag, MillisF behind);

 private:
  void report(std::string_view component, const Hysteresis& lags, MillisF lag, std::string_view action) const;

  const std::shared_ptr<Link> link_;
  const Services services_;
  Hysteresis recognition_lags_;  ///< Hypotheses are asked for less often.
  Hysteresis synthesis_lags_;    ///< What there is is played slower.
  MillisF synthesis_lag_{0};     ///< Remembered for a while: it ends with every piece that comes.
};

}  // namespace parley::call
