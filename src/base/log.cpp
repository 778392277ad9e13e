// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <cstdlib>
#include <memory>

#include <spdlog/async.h>
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

constexpr std::size_t kLinesInFlight = 8192;

std::shared_ptr<spdlog::logger> make_logger(LogWriting writing) {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  if (writing == LogWriting::kAtOnce) return std::make_shared<spdlog::logger>("parley", std::move(sink));
  spdlog::init_thread_pool(kLinesInFlight, 1);
  return std::make_shared<spdlog::async_logger>("parley", std::move(sink), spdlog::thread_pool(),
                                                spdlog::async_overflow_policy::overrun_oldest);
}

}  // namespace

Result<void> set_up_logging(std::string_view level, LogWriting writing) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(ErrorCode::kInvalid, "log level \"{}\" is unknown: give trace, debug, info, warning, error or off",
                level);
  }
  auto logger = make_logger(writing);
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
