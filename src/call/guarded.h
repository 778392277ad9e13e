// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

#include "base/result.h"

namespace parley::call {

/// Engines return errors as values; what the standard library throws through them (no memory) becomes one here.
auto guarded(auto&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, "engine threw: {}", error.what());
  }
}

}  // namespace parley::call
