// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/spoken_notices.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "audio/wav.h"
#include "base/paths.h"
#include "support/temporary_directory.h"

namespace parley::synthesis {
namespace {

Language language(std::string_view code) { return Language::parse(code).value(); }

Notices shipped() { return Notices::load(default_data_directory() / "notices.toml").value(); }

/// Says every phrase as so many equal samples as it has bytes; knows which ones it was asked for.
class CountingSynthesizer : public Synthesizer {
 public:
  explicit CountingSynthesizer(std::string voice = "one") : voice_(std::move(voice)) {}

  class Stream : public SpeechStream {
   public:
    explicit Stream(std::vector<std::int16_t> sound) : sound_(std::move(sound)) {}
    Result<std::vector<std::int16_t>> next() override { return std::exchange(sound_, {}); }
    void cancel() override {}
    SpeechPosition position() const override { return {}; }

   private:
    std::vector<std::int16_t> sound_;
  };

  std::string_view name() const override { return "counting/1"; }
  bool supports(const Language& asked) const override { return asked != language("hi"); }
  std::string default_voice(const Language&) const override { return voice_; }
  Result<std::unique_ptr<SpeechStream>> synthesize(const SynthesisRequest& request) const override {
    phrases.push_back(request.phrase);
    if (request.phrase == refused) return fail(ErrorCode::kInternal, "refused");
    return std::make_unique<Stream>(std::vector<std::int16_t>(request.phrase.size(), sample));
  }
  Result<void> warm_up() const override { return {}; }

  std::string refused;
  std::int16_t sample = 1000;
  mutable std::vector<std::string> phrases;

 private:
  const std::string voice_;
};

std::size_t files_in(const std::filesystem::path& directory) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST(SpokenNotices, SaysNothingUntilASynthesizerHasSpoken) {
  const support::TemporaryDirectory directory;
  SpokenNotices notices(shipped(), directory / "notices");
  EXPECT_EQ(notices.sound(language("en"), Notice::kBusy), nullptr);
  const std::vector languages{language("en"), language("pt")};
  const CountingSynthesizer synthesizer;
  ASSERT_TRUE(notices.speak_missing(synthesizer, languages));
  EXPECT_EQ(synthesizer.phrases.size(), 6);
  ASSERT_NE(notices.sound(language("pt"), Notice::kBusy), nullptr);
  EXPECT_NE(*notices.sound(language("pt"), Notice::kBusy), *notices.sound(language("en"), Notice::kBusy));
  EXPECT_EQ(notices.sound(language("de"), Notice::kBusy), notices.sound(language("en"), Notice::kBusy));
}

TEST(SpokenNotices, AreThereAgainBeforeAnyEngineIs) {
  const support::TemporaryDirectory directory;
  const std::vector languages{language("en"), language("pt")};
  const CountingSynthesizer synthesizer;
  ASSERT_TRUE(SpokenNotices(shipped(), directory.path()).speak_missing(synthesizer, languages));
  synthesizer.phrases.clear();

  SpokenNotices again(shipped(), directory.path());
  const auto sound = again.sound(language("pt"), Notice::kRestored);
  ASSERT_NE(sound, nullptr);
  EXPECT_EQ(sound->size(), shipped().text(language("pt"), Notice::kRestored).size());
  EXPECT_TRUE(std::ranges::all_of(*sound, [](std::int16_t sample) { return sample == 1000; }));
  ASSERT_TRUE(again.speak_missing(synthesizer, languages));
  EXPECT_TRUE(synthesizer.phrases.empty()) << "nothing is missing";
}

TEST(SpokenNotices, ABrokenFileIsSpokenAnew) {
  const support::TemporaryDirectory directory;
  const std::vector languages{language("en")};
  const CountingSynthesizer synthesizer;
  ASSERT_TRUE(SpokenNotices(shipped(), directory.path()).speak_missing(synthesizer, languages));
  std::size_t broken = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    if (broken == 0) std::filesystem::resize_file(entry, 0);
    if (broken == 1) std::ofstream(entry.path()) << "not a WAV file";
    if (broken == 2) std::filesystem::resize_file(entry, 20);
    ++broken;
  }
  ASSERT_EQ(broken, 3);
  synthesizer.phrases.clear();
  SpokenNotices again(shipped(), directory.path());
  for (const Notice notice : kAllNotices) EXPECT_EQ(again.sound(language("en"), notice), nullptr);
  ASSERT_TRUE(again.speak_missing(synthesizer, languages));
  EXPECT_EQ(synthesizer.phrases.size(), 3);
  for (const Notice notice : kAllNotices) {
    ASSERT_NE(SpokenNotices(shipped(), directory.path()).sound(language("en"), notice), nullptr);
  }
  EXPECT_EQ(files_in(directory.path()), 3);
}

TEST(SpokenNotices, AnotherVoiceReplacesWhatTheFirstOneSaid) {
  const support::TemporaryDirectory directory;
  const std::vector languages{language("en")};
  ASSERT_TRUE(SpokenNotices(shipped(), directory.path()).speak_missing(CountingSynthesizer("one"), languages));
  SpokenNotices notices(shipped(), directory.path());
  CountingSynthesizer other("two");
  other.sample = 2000;
  EXPECT_EQ(notices.sound(language("en"), Notice::kBusy)->front(), 1000) << "better than nothing until then";
  ASSERT_TRUE(notices.speak_missing(other, languages));
  EXPECT_EQ(notices.sound(language("en"), Notice::kBusy)->front(), 2000);
  EXPECT_EQ(SpokenNotices(shipped(), directory.path()).sound(language("en"), Notice::kBusy)->front(), 2000);
  EXPECT_EQ(files_in(directory.path()), 3);
}

TEST(SpokenNotices, ALanguageThatTheEngineDoesNotSpeakHearsEnglish) {
  SpokenNotices notices(shipped(), {});
  const std::vector languages{language("hi")};
  ASSERT_TRUE(notices.speak_missing(CountingSynthesizer(), languages));
  ASSERT_NE(notices.sound(language("hi"), Notice::kBusy), nullptr);
  EXPECT_EQ(notices.sound(language("hi"), Notice::kBusy), notices.sound(language("en"), Notice::kBusy));
}

TEST(SpokenNotices, OneThatFailsDoesNotKeepTheOthersBack) {
  SpokenNotices notices(shipped(), {});
  const std::vector languages{language("en")};
  CountingSynthesizer synthesizer;
  synthesizer.refused = shipped().text(language("en"), Notice::kUntranslated);
  const auto spoken = notices.speak_missing(synthesizer, languages);
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().message, "refused");
  EXPECT_EQ(notices.sound(language("en"), Notice::kUntranslated), nullptr);
  EXPECT_NE(notices.sound(language("en"), Notice::kBusy), nullptr);
}

TEST(SpokenNotices, ADirectoryThatCannotBeWrittenCostsOnlyTheKeeping) {
  SpokenNotices notices(shipped(), "/proc/no-such-directory");
  const std::vector languages{language("en")};
  const auto spoken = notices.speak_missing(CountingSynthesizer(), languages);
  ASSERT_FALSE(spoken);
  EXPECT_EQ(spoken.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(notices.sound(language("en"), Notice::kBusy), nullptr);
}

TEST(SpokenNotices, CanBeAskedForWhileTheyAreSpoken) {
  SpokenNotices notices(shipped(), {});
  const std::vector languages{language("en"), language("pt"), language("es")};
  std::jthread asks([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const auto sound = notices.sound(language("es"), Notice::kBusy);
      EXPECT_TRUE(sound == nullptr || !sound->empty());
    }
  });
  for (int i = 0; i < 50; ++i) ASSERT_TRUE(notices.speak_missing(CountingSynthesizer(std::to_string(i)), languages));
}

}  // namespace
}  // namespace parley::synthesis
