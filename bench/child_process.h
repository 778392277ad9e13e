// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace parley::bench {

struct ChildCommand {
  std::vector<std::string> arguments;    ///< The program's path first.
  std::vector<std::string> environment;  ///< "NAME=value", in addition to ours.
  std::string input;                     ///< For its standard input, 64 kB at most.
  milliseconds limit{0};                 ///< It is killed when it takes longer.
};

/// Runs a program to its end and gives what it wrote on standard output; its standard error is ours. Errors:
/// kUnavailable (it cannot be started, or took too long), kInternal (it failed).
Result<std::string> run_child(const ChildCommand& command);

}  // namespace parley::bench
