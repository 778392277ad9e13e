// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace parley::control {

/// "recognition:moonshine" in two: stage "recognition", engine "moonshine". A name without a colon is both.
struct EngineName {
  std::string_view stage;
  std::string_view engine;
};
EngineName parts_of(std::string_view name);

}  // namespace parley::control
