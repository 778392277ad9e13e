// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <errno.h>
#include <cstdlib>
#include <string>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "base/result.h"

namespace parley::bench {

/// Ends the program with a line on stderr: a measurement that lacks a part has no result.
[[noreturn]] inline void give_up(const std::string& why) {
  fmt::print(stderr, "{}: {}\n", program_invocation_short_name, why);
  std::exit(1);
}

template <typename T>
T value_or_give_up(Result<T> result) {
  if (!result) give_up(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace parley::bench
