// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <gtest/gtest.h>

#include "drained.h"
#include "synthesis/kokoro.h"

namespace parley::synthesis::testing {

/// The engine, loaded once for the whole program; null (and a failure) when it does not load.
inline std::shared_ptr<const Kokoro> kokoro() {
  static const auto engine = Kokoro::load();
  EXPECT_TRUE(engine) << engine.error().message;
  return engine.value_or(nullptr);
}

}  // namespace parley::synthesis::testing
