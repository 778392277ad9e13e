// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "workers/descriptor.h"

namespace parley::workers {

/// Descriptors of a child beside the standard three.
inline constexpr int kChildSocket = 3;
inline constexpr int kChildConfig = 4;

struct Program {
  std::filesystem::path file;
  std::vector<std::string> arguments;  ///< Without the program's name.
  int config = -1;                     ///< The child's descriptor kChildConfig; -1: none.
};

struct Child {
  pid_t pid = -1;
  Descriptor socket;  ///< Our end; the child has the other as kChildSocket. Does not block.
};

/// Starts a program with one end of a socket pair, nothing to read, our standard error, and no other descriptor of
/// ours. Safe in a process with threads. The caller waits for the child, by its pid. Errors: kUnavailable.
Result<Child> spawn(const Program& program);

/// A copy of the file in memory, for as many processes as will ever be started: what is changed in it meanwhile is read
/// when parleyd starts again. Errors: kNotFound, kUnavailable.
Result<Descriptor> copy_in_memory(const std::filesystem::path& file);

}  // namespace parley::workers
