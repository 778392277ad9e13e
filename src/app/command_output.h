// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace parley::app {

struct CommandOutput {
  int status = 0;      ///< Exit status.
  std::string output;  ///< Standard output and error together, at most 64 KiB.
};

/// Runs a program, found in PATH or by its path, without a shell, for at most `limit`.
/// Errors: kNotFound when it cannot be started, kUnavailable when it did not end in time (it is then killed).
Result<CommandOutput> run_command(const std::vector<std::string>& arguments, milliseconds limit);

}  // namespace parley::app
