// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "app/settings.h"
#include "workers/server.h"

namespace parley::app {

/// Which engine a process is for: "recognition:moonshine".
struct EngineRole {
  std::string stage;   ///< "recognition", "translation", "synthesis".
  std::string engine;  ///< "moonshine", "whisper"; "marian"; "kokoro", "kokoro-whole", "espeak".

  /// Errors: kInvalid.
  static Result<EngineRole> parse(std::string_view text);
};

/// Loads that engine alone and warms it up. Errors: kInvalid for one that does not exist, and the engine's.
Result<workers::Engine> load_role(const Settings& settings, const EngineRole& role);

/// The most threads that the engine uses for one request.
int threads_of(const Settings& settings, const EngineRole& role);

}  // namespace parley::app
