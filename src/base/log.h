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

/// What a line of log looks like. A message about a session begins with "[session] ", one about an utterance goes on
/// with "#id " or "leg #id "; machines find both as members of kJson's lines.
enum class LogFormat {
  kText,  ///< For people.
  kJson,  ///< An object: {"ts", "level", "session", "utterance", "message"}; docs/metrics.md.
};

/// "text" or "json". Errors: kInvalid.
Result<LogFormat> parse_log_format(std::string_view name);

/// Sets the process's logging up once, before threads start. To standard error; with <N> priority prefixes when
/// systemd's journal reads it (JOURNAL_STREAM is set), and text without times then. `level`: trace, debug, info,
/// warning, error, off. Errors: kInvalid.
Result<void> set_up_logging(std::string_view level, LogWriting writing = LogWriting::kAtOnce,
                            LogFormat format = LogFormat::kText);

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
