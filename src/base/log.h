// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string_view>

#include <spdlog/spdlog.h>

#include "base/result.h"

namespace parley {

/// Who writes a line of log.
enum class LogWriting {
  kAtOnce,        ///< Whoever logs, before it goes on.
  kInBackground,  ///< A thread of its own, so that nobody waits for a slow terminal or pipe. When it falls far behind,
                  ///< the oldest lines go.
};

/// Sets the process's logging up once, before threads start. To standard error; without times when systemd's journal
/// reads it (JOURNAL_STREAM is set), with <N> priority prefixes then. `level`: trace, debug, info, warning, error, off.
/// Errors: kInvalid.
Result<void> set_up_logging(std::string_view level, LogWriting writing = LogWriting::kAtOnce);

/// Gives the process its logger and level back when it goes. Around a library that brings the same logging and helps
/// itself to it.
class KeepLogging {
 public:
  KeepLogging() : logger_(spdlog::default_logger()), level_(logger_->level()) {}
  ~KeepLogging();
  KeepLogging(const KeepLogging&) = delete;
  KeepLogging& operator=(const KeepLogging&) = delete;

 private:
  const std::shared_ptr<spdlog::logger> logger_;
  const spdlog::level::level_enum level_;
};

}  // namespace parley
