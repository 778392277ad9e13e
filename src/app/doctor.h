// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/settings.h"

namespace parley::app {

/// What the doctor found about one thing.
struct Finding {
  enum class Health { kGood, kWarning, kBad };
  Health health = Health::kGood;
  std::string name;    ///< "model: recognition en"
  std::string detail;  ///< What there is.
  std::string advice;  ///< What to do; empty when good.
};

/// Examines whether calls can be translated on this machine: processor, memory, runtimes, models (each is loaded and
/// run once), Asterisk, its module, socket and port. Calls `report` for each finding as it is made.
void examine(const Settings& settings, const std::function<void(const Finding&)>& report);

}  // namespace parley::app
