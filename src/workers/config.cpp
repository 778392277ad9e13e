// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/config.h"

namespace parley::workers {

Result<void> Supervision::validate() const {
  using namespace std::chrono_literals;
  for (const auto& [name, value] : {std::pair{"recognition limit", limits.recognition},
                                    {"translation limit", limits.translation},
                                    {"synthesis limit", limits.synthesis},
                                    {"absolute limit", limits.absolute},
                                    {"start limit", limits.start},
                                    {"ping limit", limits.ping}}) {
    if (value < 50ms) return fail(ErrorCode::kInvalid, "the {} must be 50 ms or more, not {}", name, value.count());
  }
  if (back_off.first < 10ms || back_off.longest < back_off.first)
    return fail(ErrorCode::kInvalid, "the back-off must begin at 10 ms or more and not go down");
  return {};
}

}  // namespace parley::workers
