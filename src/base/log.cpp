// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <cstdlib>
#include <memory>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

namespace parley {
namespace {

/// %N: the syslog priority of sd-daemon(3), so that the journal colours and filters our lines.
class JournalPriority : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    std::string_view priority = "<7>";
    if (message.level >= spdlog::level::info) priority = "<6>";
    if (message.level >= spdlog::level::warn) priority = "<4>";
    if (message.level >= spdlog::level::err) priority = "<3>";
    out.append(priority.data(), priority.data() + priority.size());
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournalPriority>(); }
};

}  // namespace

Result<void> set_up_logging(std::string_view level) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(ErrorCode::kInvalid, "log level \"{}\" is unknown: give trace, debug, info, warning, error or off", level);
  }
  auto logger = std::make_shared<spdlog::logger>("parley", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  logger->set_level(parsed);
  if (std::getenv("JOURNAL_STREAM") != nullptr) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<JournalPriority>('N').set_pattern("%N%v");
    logger->set_formatter(std::move(formatter));
  } else {
    logger->set_pattern("%H:%M:%S.%e %^%-7l%$ %v");
  }
  spdlog::set_default_logger(std::move(logger));
  return {};
}

KeepLogging::~KeepLogging() {
  spdlog::set_default_logger(logger_);
  logger_->set_level(level_);
}

}  // namespace parley
