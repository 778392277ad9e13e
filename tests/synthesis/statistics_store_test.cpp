// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/statistics_store.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <optional>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "../voice/pack_file.h"

namespace parley::synthesis {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using voice::testing::TemporaryDirectory;

constexpr std::uint32_t kGenerator = 77;
constexpr auto kPatience = 20s;  // far beyond what anything here takes

/// Whether the condition comes true; looks again and again.
template <typename Condition>
bool eventually(const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(1ms);
  }
  return true;
}

/// Measures as a test tells it to. The n-th measurement has a level of n.
class ScriptedMeasurer {
 public:
  StatisticsStore::Measure measure() {
    return [this](const VoiceUse& use, const std::stop_token& stop) { return run(use, stop); };
  }

  /// From now on measurements last until they are released, or asked to stop.
  void hold() {
    set([this] { held_ = true; });
  }
  void release() {
    set([this] { held_ = false; });
  }
  void fail_with(ErrorCode code) {
    set([this, code] { failure_ = code; });
  }

  bool wait_for_calls(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return calls_.size() >= count; });
  }
  std::vector<std::string> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  std::size_t stopped() const {
    const std::lock_guard lock(mutex_);
    return stopped_;
  }
  int niceness() const {
    const std::lock_guard lock(mutex_);
    return niceness_;
  }

 private:
  template <typename Change>
  void set(const Change& change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  Result<VoiceStatistics> run(const VoiceUse& use, const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    calls_.push_back(fmt::format("{}-{}", use.voice, use.language.code()));
    niceness_ = getpriority(PRIO_PROCESS, 0);
    const auto number = static_cast<float>(calls_.size());
    changed_.notify_all();
    if (!changed_.wait(lock, stop, [this] { return !held_; })) {
      ++stopped_;
      return fail(ErrorCode::kCancelled, "stopped");
    }
    if (failure_) return fail(*failure_, "the measurer was told to fail");
    return VoiceStatistics{.level = number};
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> calls_;
  std::size_t stopped_ = 0;
  int niceness_ = 0;
  bool held_ = false;
  std::optional<ErrorCode> failure_;
};

/// Catches what is logged while it lives.
class CaughtLog {
 public:
  CaughtLog() {
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("caught", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
  }
  ~CaughtLog() { spdlog::set_default_logger(before_); }
  CaughtLog(const CaughtLog&) = delete;
  CaughtLog& operator=(const CaughtLog&) = delete;

  /// Only while no other thread logs.
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

class StatisticsStores : public ::testing::Test {
 protected:
  const TemporaryDirectory directory;
  ScriptedMeasurer measurer;

  StatisticsStore store(std::uint32_t generator = kGenerator) {
    return StatisticsStore(files(), generator, measurer.measure());
  }
  std::filesystem::path files() const { return directory / "statistics"; }

  /// A voice whose pack holds that number everywhere.
  VoiceUse use(const std::string& name, std::string_view language = "en", float number = 1.0F) const {
    const auto file = directory / "pack.bin";
    voice::testing::write_pack(file, std::vector<float>(voice::StylePack::kFileBytes / sizeof(float), number));
    auto pack = voice::StylePack::load(file);
    return {name, Language::parse(language).value(), std::make_shared<const voice::StylePack>(std::move(*pack))};
  }

  static bool measured(StatisticsStore& store, const VoiceUse& use) {
    return eventually([&] { return store.find(use) != nullptr; });
  }
  /// 0 when there are none.
  static float level(StatisticsStore& store, const VoiceUse& use) {
    const auto found = store.find(use);
    return found ? found->level : 0.0F;
  }
};

TEST_F(StatisticsStores, KnowAVoiceOnceItWasMeasured) {
  auto kept = store();
  const VoiceUse alice = use("alice");
  measurer.hold();
  EXPECT_EQ(kept.find(alice), nullptr);
  EXPECT_EQ(kept.find(alice), nullptr);
  ASSERT_TRUE(measurer.wait_for_calls(1));
  EXPECT_EQ(kept.find(alice), nullptr);
  measurer.release();
  ASSERT_TRUE(measured(kept, alice));
  EXPECT_EQ(level(kept, alice), 1.0F);
  EXPECT_EQ(kept.find(alice), kept.find(alice));
  EXPECT_THAT(measurer.calls(), ElementsAre("alice-en"));
}

TEST_F(StatisticsStores, MeasureEveryVoiceAndLanguageInTurn) {
  auto kept = store();
  const std::vector uses{use("alice"), use("alice", "pt"), use("bob")};
  for (const auto& each : uses) EXPECT_EQ(kept.find(each), nullptr);
  for (const auto& each : uses) ASSERT_TRUE(measured(kept, each));
  EXPECT_THAT(measurer.calls(), ElementsAre("alice-en", "alice-pt", "bob-en"));
  for (std::size_t i = 0; i < uses.size(); ++i) EXPECT_EQ(level(kept, uses[i]), static_cast<float>(i + 1));
}

TEST_F(StatisticsStores, MeasureInAThreadThatLeavesCallsTheProcessor) {
  auto kept = store();
  ASSERT_FALSE(kept.find(use("alice")));
  ASSERT_TRUE(measurer.wait_for_calls(1));
  EXPECT_EQ(measurer.niceness(), 19);
  EXPECT_LT(getpriority(PRIO_PROCESS, 0), 19);
}

TEST_F(StatisticsStores, ReadWhatAnotherHasMeasured) {
  const VoiceUse alice = use("alice");
  {
    auto first = store();
    first.find(alice);
    ASSERT_TRUE(measured(first, alice));
  }
  auto second = store();
  EXPECT_EQ(level(second, alice), 1.0F);
  EXPECT_THAT(measurer.calls(), ElementsAre("alice-en"));
}

TEST_F(StatisticsStores, MeasureAgainForAnotherModel) {
  const VoiceUse alice = use("alice");
  {
    auto first = store();
    ASSERT_TRUE(first.measure_now(alice));
  }
  const CaughtLog log;
  {
    auto second = store(kGenerator + 1);
    EXPECT_EQ(second.find(alice), nullptr);
    ASSERT_TRUE(measured(second, alice));
    EXPECT_EQ(level(second, alice), 2.0F);
  }
  EXPECT_THAT(log.text(), ::testing::Not(::testing::HasSubstr("warning")));
}

TEST_F(StatisticsStores, MeasureAgainAVoiceThatWasTrainedAgain) {
  auto kept = store();
  const VoiceUse before = use("alice", "en", 1.0F);
  const VoiceUse after = use("alice", "en", 2.0F);
  ASSERT_TRUE(kept.measure_now(before));
  EXPECT_EQ(kept.find(after), nullptr);
  ASSERT_TRUE(measured(kept, after));
  EXPECT_EQ(level(kept, after), 2.0F);
  EXPECT_EQ(level(kept, before), 1.0F);  // a call that has it still
}

TEST_F(StatisticsStores, MeasureAgainWhenTheFileIsDamagedAndSaySo) {
  const VoiceUse alice = use("alice");
  {
    auto first = store();
    ASSERT_TRUE(first.measure_now(alice));
  }
  std::filesystem::resize_file(files() / "alice-en.stats", 1000);
  const CaughtLog log;
  {
    auto second = store();
    EXPECT_EQ(second.find(alice), nullptr);
    ASSERT_TRUE(measured(second, alice));
    EXPECT_EQ(level(second, alice), 2.0F);
  }
  EXPECT_THAT(log.text(), HasSubstr("alice-en.stats has 1000 bytes instead of"));
  EXPECT_EQ(level(*std::make_unique<StatisticsStore>(files(), kGenerator, nullptr), alice), 2.0F);
}

TEST_F(StatisticsStores, GoOnInMemoryWhereTheyCannotWrite) {
  std::ofstream(files()) << "a file where the directory should be";
  const VoiceUse alice = use("alice");
  const CaughtLog log;
  {
    auto kept = store();
    EXPECT_EQ(kept.find(alice), nullptr);
    ASSERT_TRUE(measured(kept, alice));
    EXPECT_EQ(level(kept, alice), 1.0F);
  }
  EXPECT_THAT(log.text(), HasSubstr("alice-en.stats cannot be written"));
}

TEST_F(StatisticsStores, WithoutADirectoryKeepNoFiles) {
  const VoiceUse alice = use("alice");
  StatisticsStore kept({}, kGenerator, measurer.measure());
  ASSERT_TRUE(kept.measure_now(alice));
  EXPECT_EQ(level(kept, alice), 1.0F);
  EXPECT_FALSE(std::filesystem::exists(files()));
}

TEST_F(StatisticsStores, WithoutAMeasureOnlyReadFiles) {
  const VoiceUse alice = use("alice");
  {
    auto first = store();
    ASSERT_TRUE(first.measure_now(alice));
  }
  StatisticsStore reader(files(), kGenerator, nullptr);
  EXPECT_EQ(level(reader, alice), 1.0F);
  EXPECT_EQ(reader.measure_now(alice).value()->level, 1.0F);
  EXPECT_EQ(reader.find(use("bob")), nullptr);
  const auto refused = reader.measure_now(use("bob"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnavailable);
}

TEST_F(StatisticsStores, WithoutAMeasureReadWhatIsMeasuredElsewhereLater) {
  const VoiceUse alice = use("alice");
  StatisticsStore reader(files(), kGenerator, nullptr);
  EXPECT_EQ(reader.find(alice), nullptr);
  auto elsewhere = store();
  ASSERT_TRUE(elsewhere.measure_now(alice));
  EXPECT_EQ(level(reader, alice), 1.0F);
}

TEST_F(StatisticsStores, ComplainOnceOfADamagedFile) {
  const VoiceUse alice = use("alice");
  std::filesystem::create_directories(files());
  std::ofstream(files() / "alice-en.stats") << "damaged";
  const CaughtLog log;
  StatisticsStore reader(files(), kGenerator, nullptr);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reader.find(alice), nullptr);
  const std::string text = log.text();
  EXPECT_EQ(std::ranges::count(text, '\n'), 1) << text;
}

TEST_F(StatisticsStores, MeasureAtOnceWhenAsked) {
  auto kept = store();
  const VoiceUse alice = use("alice");
  EXPECT_EQ(kept.measure_now(alice).value()->level, 1.0F);
  EXPECT_EQ(kept.measure_now(alice).value()->level, 1.0F);
  EXPECT_EQ(level(kept, alice), 1.0F);
  measurer.fail_with(ErrorCode::kInternal);
  const auto failed = kept.measure_now(use("bob"));
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kInternal);
}

TEST_F(StatisticsStores, GoOnAfterAMeasurementThatFails) {
  const CaughtLog log;
  {
    auto kept = store();
    const VoiceUse alice = use("alice");
    const VoiceUse bob = use("bob");
    measurer.fail_with(ErrorCode::kInternal);
    EXPECT_EQ(kept.find(alice), nullptr);
    EXPECT_EQ(kept.find(bob), nullptr);
    ASSERT_TRUE(measurer.wait_for_calls(2));
    EXPECT_EQ(kept.find(alice), nullptr);
  }
  EXPECT_THAT(measurer.calls(), ElementsAre("alice-en", "bob-en"));  // not again for every phrase
  EXPECT_THAT(log.text(), HasSubstr("alice speaking en could not be measured"));
  EXPECT_FALSE(std::filesystem::exists(files()));
}

TEST_F(StatisticsStores, AskAMeasurementToStopWhenTheyGo) {
  const CaughtLog log;
  measurer.hold();
  {
    auto kept = store();
    for (const auto& name : {"alice", "bob", "carol"}) EXPECT_EQ(kept.find(use(name)), nullptr);
    ASSERT_TRUE(measurer.wait_for_calls(1));
  }
  EXPECT_EQ(measurer.stopped(), 1U);
  EXPECT_THAT(measurer.calls(), ElementsAre("alice-en"));
  EXPECT_THAT(log.text(), IsEmpty());  // it was no failure
  EXPECT_FALSE(std::filesystem::exists(files()));
}

TEST_F(StatisticsStores, MayGoBeforeTheyHaveDoneAnything) {
  for (int i = 0; i < 50; ++i) store();
  const VoiceUse alice = use("alice");
  for (int i = 0; i < 50; ++i) store().find(alice);
}

TEST_F(StatisticsStores, AreForManyThreads) {
  auto kept = store();
  const std::vector uses{use("alice"), use("alice", "pt"), use("bob"), use("carol", "es")};
  std::atomic<int> missing{0};
  std::vector<std::jthread> callers;
  for (std::size_t caller = 0; caller < 8; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::size_t i = 0; i < 100; ++i) kept.find(uses[(caller + i) % uses.size()]);
      for (const auto& each : uses) missing += measured(kept, each) ? 0 : 1;
    });
  }
  callers.clear();
  EXPECT_EQ(missing, 0);
  auto calls = measurer.calls();
  std::ranges::sort(calls);
  EXPECT_THAT(calls, ElementsAre("alice-en", "alice-pt", "bob-en", "carol-es"));
}

}  // namespace
}  // namespace parley::synthesis
