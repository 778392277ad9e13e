// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

#include <spdlog/spdlog.h>

#include "base/result.h"

namespace parley {

/// Sets the process's logging up once, before threads start. To standard error; without times when systemd's journal reads it
/// (JOURNAL_STREAM is set), with <N> priority prefixes then. `level`: trace, debug, info, warning, error, off. Errors: kInvalid.
Result<void> set_up_logging(std::string_view level);

}  // namespace parley
