// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/log_line.h"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/log.h"

namespace parley {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const auto kTime = std::chrono::system_clock::time_point(1'700'000'000'250ms);

json line_of(std::string_view message) {
  const std::string line = json_log_line(kTime, "info", message);
  EXPECT_EQ(line.find('\n'), std::string::npos) << line;
  return json::parse(line);
}

TEST(LogLine, IsAnObjectWithTimeAndLevel) {
  EXPECT_EQ(json_log_line(kTime, "warning", "ready"),
            R"({"ts":"2023-11-14T22:13:20.250Z","level":"warning","message":"ready"})");
}

TEST(LogLine, NamesTheSessionThatItIsAbout) {
  EXPECT_EQ(line_of("[1700.1] a joins: speaks en"), json({{"ts", "2023-11-14T22:13:20.250Z"},
                                                          {"level", "info"},
                                                          {"session", "1700.1"},
                                                          {"message", "a joins: speaks en"}}));
}

TEST(LogLine, NamesTheUtteranceThatItIsAbout) {
  EXPECT_EQ(line_of("[s] a #12 answered: pause 300 ms").at("utterance"), 12);
  EXPECT_EQ(line_of("[s] #7 health: synthesis is degraded: retry").at("utterance"), 7);
  EXPECT_EQ(line_of("[s] a #12: \"x\"").at("utterance"), 12);
}

TEST(LogLine, TakesOnlyWhatStandsAtTheBeginning) {
  EXPECT_FALSE(line_of("[s] a says that #12 is the number").contains("utterance"));
  EXPECT_FALSE(line_of("[s] a #12x").contains("utterance"));
  EXPECT_FALSE(line_of("[s] a #99999999999999999999 b").contains("utterance"));
  EXPECT_FALSE(line_of("see [s] a").contains("session"));
  EXPECT_FALSE(line_of("[] a").contains("session"));
  EXPECT_FALSE(line_of("[s").contains("session"));
  EXPECT_FALSE(line_of("a #12 of no session").contains("utterance"));
  EXPECT_EQ(line_of("").at("message"), "");
}

TEST(LogLine, StaysOneLineOfJsonWhateverIsInIt) {
  EXPECT_EQ(line_of("two\nlines and a \"quote\" \x01").at("message"), "two\nlines and a \"quote\" \x01");
  EXPECT_EQ(line_of("no UTF-8: \xff").at("message"), "no UTF-8: \xEF\xBF\xBD");
}

TEST(LogFormats, AreTextAndJson) {
  EXPECT_EQ(parse_log_format("text"), LogFormat::kText);
  EXPECT_EQ(parse_log_format("json"), LogFormat::kJson);
  EXPECT_FALSE(parse_log_format("xml"));
}

TEST(LogFormats, JsonWritesALinePerMessage) {
  const KeepLogging keep;
  ::unsetenv("JOURNAL_STREAM");
  ASSERT_TRUE(set_up_logging("info", LogWriting::kAtOnce, LogFormat::kJson));
  testing::internal::CaptureStderr();
  spdlog::warn("[s] a #3 answered");
  spdlog::debug("not asked for");
  spdlog::info("two\nlines");
  spdlog::default_logger()->flush();
  const std::string written = testing::internal::GetCapturedStderr();
  const auto first = json::parse(written.substr(0, written.find('\n')));
  EXPECT_EQ(first.at("level"), "warning");
  EXPECT_EQ(first.at("session"), "s");
  EXPECT_EQ(first.at("utterance"), 3);
  EXPECT_EQ(std::ranges::count(written, '\n'), 2);
}

TEST(LogFormats, JsonKeepsTheJournalsPriorities) {
  const KeepLogging keep;
  ::setenv("JOURNAL_STREAM", "8:1", 1);
  ASSERT_TRUE(set_up_logging("info", LogWriting::kAtOnce, LogFormat::kJson));
  testing::internal::CaptureStderr();
  spdlog::error("it is full");
  spdlog::default_logger()->flush();
  EXPECT_TRUE(testing::internal::GetCapturedStderr().starts_with("<3>{\"ts\""));
  ::unsetenv("JOURNAL_STREAM");
}

}  // namespace
}  // namespace parley
