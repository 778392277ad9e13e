// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace parley::control {

/// What the HTTP server has done. Its own thread only.
struct HttpCounts {
  std::map<std::pair<std::string, unsigned>, std::uint64_t> answers;  ///< By path ("other": none of ours) and code.
  std::size_t connections = 0;                                        ///< Now.
  std::uint64_t refused = 0;                                          ///< Because there were too many.
};

}  // namespace parley::control
