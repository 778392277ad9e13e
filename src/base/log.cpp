// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log.h"

#include <cstdlib>
#include <memory>

#include <spdlog/async.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include "base/log_line.h"

namespace parley {
namespace {

void append(spdlog::memory_buf_t& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

/// The syslog priority of sd-daemon(3), so that the journal colours and filters our lines.
std::string_view journal_priority(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return "<3>";
  if (level >= spdlog::level::warn) return "<4>";
  if (level >= spdlog::level::info) return "<6>";
  return "<7>";
}

/// %N
class JournalPriority : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& out) override {
    append(out, journal_priority(message.level));
  }
  std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JournalPriority>(); }
};

/// Every line an object.
class JsonFormatter : public spdlog::formatter {
 public:
  explicit JsonFormatter(bool journal) : journal_(journal) {}

  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    if (journal_) append(out, journal_priority(message.level));
    const auto level = spdlog::level::to_string_view(message.level);
    append(out,
           json_log_line(message.time, {level.data(), level.size()}, {message.payload.data(), message.payload.size()}));
    append(out, "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(journal_); }

 private:
  const bool journal_;
};

std::unique_ptr<spdlog::formatter> make_formatter(LogFormat format) {
  const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
  if (format == LogFormat::kJson) return std::make_unique<JsonFormatter>(journal);
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<JournalPriority>('N').set_pattern(journal ? "%N%v" : "%H:%M:%S.%e %^%-7l%$ %v");
  return formatter;
}

constexpr std::size_t kLinesInFlight = 8192;

std::shared_ptr<spdlog::logger> make_logger(LogWriting writing) {
  auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
  if (writing == LogWriting::kAtOnce) return std::make_shared<spdlog::logger>("parley", std::move(sink));
  spdlog::init_thread_pool(kLinesInFlight, 1);
  return std::make_shared<spdlog::async_logger>("parley", std::move(sink), spdlog::thread_pool(),
                                                spdlog::async_overflow_policy::overrun_oldest);
}

}  // namespace

Result<LogFormat> parse_log_format(std::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return fail(ErrorCode::kInvalid, "log format \"{}\" is unknown: give text or json", name);
}

Result<void> set_up_logging(std::string_view level, LogWriting writing, LogFormat format) {
  const auto parsed = spdlog::level::from_str(std::string(level));
  if (parsed == spdlog::level::off && level != "off") {
    return fail(ErrorCode::kInvalid, "log level \"{}\" is unknown: give trace, debug, info, warning, error or off",
                level);
  }
  auto logger = make_logger(writing);
  logger->set_level(parsed);
  logger->set_formatter(make_formatter(format));
  spdlog::set_default_logger(std::move(logger));
  return {};
}

KeepLogging::~KeepLogging() {
  spdlog::set_default_logger(logger_);
  logger_->set_level(level_);
}

}  // namespace parley
