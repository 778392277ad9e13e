// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/captured_log.h"
#include "support/temporary_directory.h"
#include "telemetry/health.h"
#include "telemetry/ledger.h"
#include "telemetry/ledger_reader.h"
#include "telemetry/line_writer.h"
#include "telemetry/records.h"

namespace parley::telemetry {
namespace {

using namespace std::chrono_literals;
using Worth = LineWriter::Worth;

constexpr LineWriter::Options kHasty{.try_again = 10ms};

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool within(milliseconds limit, const auto& condition) {
  const auto end = SteadyClock::now() + limit;
  while (!condition()) {
    if (SteadyClock::now() > end) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

UtteranceRecord utterance(std::uint64_t id) {
  auto record = answered();
  record.id = id;
  return record;
}

/// No file of this process may grow beyond so many bytes, as if the disk were full.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~SmallDisk() { grow(); }
  void grow() {
    if (grown_) return;
    grown_ = true;
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
  bool grown_ = false;
};

class LedgerFileTest : public testing::Test {
 protected:
  const support::TemporaryDirectory directory_;
  const std::filesystem::path file_ = directory_ / "ledger.jsonl";
};

using JsonLines = LedgerFileTest;

TEST_F(JsonLines, AppendsALineAnEvent) {
  {
    Ledger ledger;
    ledger.add(JsonLinesSink::open(file_).value());
    ledger.begun(answered());
    ledger.partial(answered());
    ledger.caption(answered());
    ledger.utterance(answered());
  }
  const auto lines = lines_of(file_);
  ASSERT_EQ(lines.size(), 3) << "captions that may still change are left out where nobody asked for them";
  EXPECT_TRUE(lines[0].starts_with(R"({"event":"begun",)"));
  EXPECT_TRUE(lines[1].starts_with(R"({"event":"caption",)"));
  EXPECT_TRUE(lines[2].starts_with(R"({"event":"utterance",)"));
}

TEST_F(JsonLines, WritesSmallLinesForCaptionsThatMayStillChange) {
  const auto sink = JsonLinesSink::open(file_, Partials::kWritten).value();
  sink->on_partial(clause_by_clause());
  ASSERT_TRUE(sink->flush(1s));
  const auto lines = lines_of(file_);
  ASSERT_EQ(lines.size(), 1);
  const auto json = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(json["event"], "partial");
  EXPECT_EQ(json["translation"], "Bom dia");
  EXPECT_FALSE(json.contains("spans"));
}

TEST_F(JsonLines, SaysThatAFileCannotBeOpened) {
  const auto sink = JsonLinesSink::open("/no/such/directory/ledger.jsonl");
  ASSERT_FALSE(sink);
  EXPECT_EQ(sink.error().code, ErrorCode::kUnavailable);
}

TEST_F(JsonLines, WhatAKilledProcessLeftOpenIsLost) {
  {
    const auto sink = JsonLinesSink::open(file_).value();
    sink->on_begun(utterance(1));
    sink->on_begun(utterance(3));
    auto heard = utterance(4);
    sink->on_begun(heard);
    sink->on_caption(heard);
    auto done = utterance(5);
    sink->on_begun(done);
    sink->on_utterance(done);
  }
  JsonLinesSink::open(file_).value();
  const auto ledger = read_ledger(file_).value();
  std::map<std::uint64_t, Outcome> outcomes;
  std::string said;
  for (const auto& line : ledger.lines) {
    EXPECT_EQ(line.event, LedgerEvent::kUtterance) << line.record.id;
    outcomes[line.record.id] = line.record.outcome;
    const bool lost = line.record.outcome == Outcome::kLost;
    EXPECT_EQ(line.record.error, lost ? "parleyd ended without finishing it" : "");
    if (line.record.id == 4) said = line.record.source;
  }
  EXPECT_EQ(outcomes[1], Outcome::kLost);
  EXPECT_EQ(outcomes[3], Outcome::kLost);
  EXPECT_EQ(outcomes[4], Outcome::kLost);
  EXPECT_EQ(outcomes[5], Outcome::kAnswered);
  EXPECT_EQ(said, answered().source) << "what was understood of it is not lost";
}

TEST_F(JsonLines, IsSaidOnlyOnce) {
  JsonLinesSink::open(file_).value()->on_begun(answered());
  JsonLinesSink::open(file_).value();
  const auto lines = lines_of(file_);
  JsonLinesSink::open(file_).value();
  EXPECT_EQ(lines_of(file_), lines);
  EXPECT_EQ(lines.size(), 2);
}

TEST_F(JsonLines, ASessionThatGoesOnAfterARestartBeginsItsIdsAnew) {
  auto first = utterance(1);
  first.begun = std::chrono::system_clock::now() - 10s;
  JsonLinesSink::open(file_).value()->on_begun(first);
  {
    const auto sink = JsonLinesSink::open(file_).value();
    const auto second = utterance(1);
    sink->on_begun(second);
    sink->on_utterance(second);
  }
  const auto ledger = read_ledger(file_).value();
  ASSERT_EQ(ledger.lines.size(), 2);
  EXPECT_EQ(ledger.lines[0].record.outcome, Outcome::kLost);
  EXPECT_EQ(ledger.lines[1].record.outcome, Outcome::kAnswered);
}

TEST_F(JsonLines, ATornLineDoesNotSpoilTheNextOne) {
  const auto begun = answered();
  JsonLinesSink::open(file_).value()->on_begun(begun);
  std::ofstream(file_, std::ios::app) << R"({"event":"utterance","session":"s1","id":3,"spea)";
  JsonLinesSink::open(file_).value()->on_utterance(utterance(9));
  const auto ledger = read_ledger(file_).value();
  EXPECT_EQ(ledger.skipped_count, 1);
  ASSERT_EQ(ledger.lines.size(), 2);
  EXPECT_EQ(ledger.lines[0].record.outcome, Outcome::kLost);
  EXPECT_EQ(ledger.lines[1].record.id, 9);
}

TEST_F(JsonLines, OfALargeFileOnlyTheEndIsRead) {
  auto early = utterance(1);
  {
    const auto sink = JsonLinesSink::open(file_).value();
    sink->on_begun(early);
    ASSERT_TRUE(sink->flush(1s));
  }
  {
    std::ofstream out(file_, std::ios::app);
    const std::string line = R"({"event":"other","text":")" + std::string(1000, 'x') + "\"}\n";
    for (int i = 0; i < 5000; ++i) out << line;
  }
  auto late = utterance(2);
  JsonLinesSink::open(file_).value()->on_begun(late);
  // The first start after it finds the early one out of reach, and the late one within it.
  const auto began = SteadyClock::now();
  JsonLinesSink::open(file_).value();
  EXPECT_LT(SteadyClock::now() - began, 2s);
  std::map<std::uint64_t, LedgerEvent> events;
  const auto ledger = read_ledger(file_).value();
  for (const auto& line : ledger.lines) events[line.record.id] = line.event;
  EXPECT_EQ(events[1], LedgerEvent::kBegun);
  EXPECT_EQ(events[2], LedgerEvent::kUtterance);
}

TEST_F(JsonLines, AFullDiskIsReportedOnceAndNoReasonToStop) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  const support::CapturedLog log;
  {
    Ledger ledger;
    ledger.add(JsonLinesSink::open("/dev/full").value());
    EXPECT_NO_THROW(ledger.utterance(answered()));
    EXPECT_NO_THROW(ledger.utterance(answered()));
  }
  const auto first = log.text().find("cannot be written");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(log.text().find("cannot be written", first + 1), std::string::npos);
  EXPECT_THAT(log.text(), testing::HasSubstr("2 lines of ledger file /dev/full could not be written"));
}

using LineFile = LedgerFileTest;

TEST_F(LineFile, WhatDoesNotFitOnAFullDiskIsWrittenWhenThereIsRoom) {
  Health health;
  SmallDisk disk(250);
  const auto writer = LineWriter::open(file_, &health, kHasty).value();
  for (int i = 0; i < 10; ++i) writer->write(std::to_string(i) + std::string(99, '.'), Worth::kKept);
  ASSERT_TRUE(within(2s, [&] { return health.snapshot().components.contains("ledger"); }));
  EXPECT_EQ(health.snapshot().components.at("ledger").status, Status::kDegraded);
  EXPECT_FALSE(writer->flush(0ms));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(health.snapshot().events.size(), 1) << "said once";
  disk.grow();
  EXPECT_TRUE(within(2s, [&] { return writer->flush(100ms); }));
  EXPECT_EQ(health.snapshot().components.at("ledger").status, Status::kOk);
  std::vector<std::string> whole;
  for (const auto& line : lines_of(file_)) {
    if (line.size() == 100) whole.push_back(line);
  }
  ASSERT_EQ(whole.size(), 10) << "every line is there once, and whole";
  for (std::size_t i = 0; i < whole.size(); ++i) EXPECT_EQ(whole[i][0], static_cast<char>('0' + i));
  EXPECT_EQ(writer->dropped(), 0);
}

TEST_F(LineFile, WhatWaitsIsBoundedAndTheFileSaysWhatIsMissing) {
  Health health;
  SmallDisk disk(0);
  const auto writer = LineWriter::open(file_, &health, {.most_lines = 5, .try_again = 10ms}).value();
  writer->write("kept", Worth::kKept);
  writer->write("a caption", Worth::kDroppedFirst);
  for (int i = 0; i < 10; ++i) writer->write(fmt::format("line {}", i), Worth::kKept);
  EXPECT_GE(writer->dropped(), 6);
  ASSERT_TRUE(within(2s, [&] { return health.snapshot().actions.contains({"ledger", "drop"}); }));
  disk.grow();
  EXPECT_TRUE(within(2s, [&] { return writer->flush(100ms); }));
  const auto lines = lines_of(file_);
  EXPECT_THAT(lines,
              testing::ElementsAre(R"({"event":"gap","lines":7})", "line 5", "line 6", "line 7", "line 8", "line 9"));
}

TEST_F(LineFile, BytesAreBoundedToo) {
  SmallDisk disk(0);
  const auto writer = LineWriter::open(file_, nullptr, {.most_bytes = 1000, .try_again = 10ms}).value();
  for (int i = 0; i < 10; ++i) writer->write(std::string(400, 'x'), Worth::kKept);
  EXPECT_GE(writer->dropped(), 7);
}

TEST_F(LineFile, AFileThatIsMovedAwayIsBegunAnew) {
  const auto writer = LineWriter::open(file_, nullptr, kHasty).value();
  writer->write("before", Worth::kKept);
  ASSERT_TRUE(writer->flush(1s));
  std::filesystem::rename(file_, directory_ / "ledger.jsonl.1");
  std::this_thread::sleep_for(1100ms);
  writer->write("after", Worth::kKept);
  ASSERT_TRUE(writer->flush(1s));
  EXPECT_THAT(lines_of(directory_ / "ledger.jsonl.1"), testing::ElementsAre("before"));
  EXPECT_THAT(lines_of(file_), testing::ElementsAre("after"));
}

TEST_F(LineFile, ADiskThatHangsHoldsUpNobody) {
  // A pipe whose reader does not read: writing hangs for as long as a dead network mount.
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  const int reader = ::open(file_.c_str(), O_RDONLY | O_NONBLOCK);
  auto writer = LineWriter::open(file_, nullptr, {.last_words = 100ms}).value();
  const auto began = SteadyClock::now();
  for (int i = 0; i < 2000; ++i) writer->write(std::string(1000, 'x'), Worth::kKept);
  EXPECT_LT(SteadyClock::now() - began, 500ms);
  EXPECT_FALSE(writer->flush(10ms));
  EXPECT_GT(writer->dropped(), 0);
  const auto ending = SteadyClock::now();
  writer.reset();
  EXPECT_LT(SteadyClock::now() - ending, 500ms) << "its thread is left behind";
  std::signal(SIGPIPE, SIG_IGN);
  ::close(reader);
  std::this_thread::sleep_for(50ms);
}

TEST_F(LineFile, ManyThreadsWriteWholeLines) {
  {
    const auto writer = LineWriter::open(file_, nullptr, {.most_lines = 10000}).value();
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, t] {
        for (int i = 0; i < 500; ++i) writer->write(std::string(50, static_cast<char>('a' + t)), Worth::kKept);
      });
  }
  const auto lines = lines_of(file_);
  ASSERT_EQ(lines.size(), 2000);
  for (const auto& line : lines) EXPECT_EQ(line, std::string(50, line[0]));
}

TEST_F(LineFile, IsNotForEverybodyToRead) {
  const auto writer = LineWriter::open(file_, nullptr, kHasty).value();
  EXPECT_EQ(std::filesystem::status(file_).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

}  // namespace
}  // namespace parley::telemetry
