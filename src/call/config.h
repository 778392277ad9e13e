// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/language.h"

namespace parley::call {

/// How calls behave. The defaults here are the ones documented for parley.toml.
struct CallConfig {
  /// What the listener hears of the speaker's own voice while it is being translated: under the translation, and when
  /// none plays.
  bool original = true;
  float original_gain_db = -12.0F;  ///< No translation playing. −60…0.
  float ducked_gain_db = -24.0F;    ///< Under the translation. −60…0.
  milliseconds ramp{80};            ///< From one gain to the other.

  /// A leg whose dialplan names no language speaks and hears this one.
  std::string default_language = "en";

  /// The mirror number: what a caller of a language hears itself in, where the dialplan does not say. Others hear
  /// `default_language`.
  std::map<std::string, std::string> mirror = {{"en", "pt"}};

  /// A leg that stays alone in its room for so long is hung up, so that the dialplan can go on.
  milliseconds partner_timeout{10000};

  /// Synthesis of the next phrase waits while so much translated speech is still to be played.
  milliseconds playout_high_water{5000};

  /// Threads for recognition and synthesis of all calls together; 0: one per core.
  int executor_threads = 0;
};

}  // namespace parley::call
