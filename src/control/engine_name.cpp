// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/engine_name.h"

namespace parley::control {

EngineName parts_of(std::string_view name) {
  const auto colon = name.find(':');
  if (colon == std::string_view::npos) return {.stage = name, .engine = name};
  return {.stage = name.substr(0, colon), .engine = name.substr(colon + 1)};
}

}  // namespace parley::control
