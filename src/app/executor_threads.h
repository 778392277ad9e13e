// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <thread>

#include "app/settings.h"

namespace parley::app {

/// How many inference threads the settings ask for; one per core where they leave it open.
inline int executor_threads(const Settings& settings) {
  if (settings.call.executor_threads > 0) return settings.call.executor_threads;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace parley::app
