// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/room.h"

#include <deque>

#include <gtest/gtest.h>

#include "call/switchboard.h"
#include "scripted_engines.h"

namespace parley::call {
namespace {

/// What the far end of a leg does and hears; outlives the leg.
struct FarEnd {
  std::deque<audio::Frame> says;
  audio::Frame heard{};
  std::vector<std::int16_t> all_heard;
  bool hung_up_by_us = false;
  bool abandoned = false;
  bool closed = false;
  bool lost = false;  ///< When closed: without a goodbye.
  bool gone = false;  ///< The leg object was destroyed.
};

class MemoryLeg : public media::Leg {
 public:
  MemoryLeg(FarEnd& far, media::LegInfo info) : far_(far), info_(std::move(info)) {}
  ~MemoryLeg() override { far_.gone = true; }
  const media::LegInfo& info() const override { return info_; }
  std::optional<audio::Frame> receive() override {
    if (far_.says.empty()) return std::nullopt;
    const audio::Frame frame = far_.says.front();
    far_.says.pop_front();
    return frame;
  }
  void send(const audio::Frame& frame) override {
    far_.heard = frame;
    far_.all_heard.insert(far_.all_heard.end(), frame.begin(), frame.end());
  }
  std::optional<media::LegEvent> poll_event() override {
    if (!far_.closed || std::exchange(told_, true)) return std::nullopt;
    return media::LegEvent{.kind = media::LegEvent::Kind::kClosed, .lost = far_.lost};
  }
  void flush() override {}
  void mark(std::uint32_t) override {}
  void hang_up() override { far_.hung_up_by_us = far_.closed = true; }
  void abandon() override { far_.abandoned = far_.closed = true; }
  bool is_open() const override { return !far_.closed; }
  media::LegStats stats() const override { return {}; }

 private:
  FarEnd& far_;
  media::LegInfo info_;
  bool told_ = false;
};

audio::Frame tone(std::int16_t value) {
  audio::Frame frame;
  frame.fill(value);
  return frame;
}

class RoomTest : public testing::Test {
 protected:
  RoomTest() { tick(); }

  void arrive(FarEnd& far, const std::string& leg, const std::string& speaks, const std::string& session = "s",
              int reconnect = 0) {
    const Language language = *Language::parse(speaks);
    switchboard_.on_leg(std::make_unique<MemoryLeg>(far, media::LegInfo{.session = session,
                                                                        .leg = leg,
                                                                        .channel = "channel-" + leg,
                                                                        .speaks = language,
                                                                        .hears = language,
                                                                        .reconnect = reconnect}));
  }
  void tick(int times = 1) {
    for (; times > 0; --times) {
      switchboard_.tick(++now_);
      hearing_.process();
      std::this_thread::sleep_for(std::chrono::microseconds(200));  // The executor's turn.
    }
  }

  scripted::Script script_;
  scripted::World world_{script_, 1};
  Hearing hearing_{world_.services(), {}};
  FarEnd a_;
  FarEnd b_;
  FarEnd c_;
  Switchboard switchboard_{world_.services(), hearing_};
  std::uint64_t now_ = 100;
};

TEST_F(RoomTest, TwoOfOneLanguageHearEachOtherAtFullLevel) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  tick(5);  // The gain has moved up.
  a_.says.push_back(tone(1234));
  b_.says.push_back(tone(-777));
  tick();
  EXPECT_EQ(b_.heard, tone(1234));
  EXPECT_EQ(a_.heard, tone(-777));
  tick();
  EXPECT_EQ(b_.heard, audio::kSilence);
}

TEST_F(RoomTest, AnUnsupportedPairHearsTheNoticeOnceAndThenTheOriginal) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "xx");
  for (int i = 0; i < 60; ++i) {
    a_.says.push_back(tone(1000));
    b_.says.push_back(tone(1000));
    tick();
  }
  EXPECT_EQ(b_.heard, tone(1000));
  EXPECT_EQ(a_.heard, tone(1000)) << "xx is recognised by nobody";
  EXPECT_GT(std::ranges::count(a_.all_heard, 77 + 63), 0) << "notice over the original at -24 dB";
}

TEST_F(RoomTest, TheOneWhoStaysIsDismissedWhenAllIsSaid) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  tick();
  a_.closed = true;
  tick(3);
  EXPECT_TRUE(a_.gone);
  EXPECT_TRUE(b_.hung_up_by_us);
  EXPECT_TRUE(b_.gone);
  EXPECT_EQ(switchboard_.rooms(), 0U);
}

TEST_F(RoomTest, AThirdPartyIsRefusedAndTheTwoGoOn) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  arrive(c_, "c", "en");
  EXPECT_TRUE(c_.gone);
  tick(5);
  a_.says.push_back(tone(5));
  tick();
  EXPECT_EQ(b_.heard, tone(5));
}

TEST_F(RoomTest, AloneForTooLongIsHungUp) {
  arrive(a_, "a", "en");
  tick(499);
  EXPECT_FALSE(a_.hung_up_by_us);
  tick(3);
  EXPECT_TRUE(a_.hung_up_by_us);
  EXPECT_EQ(switchboard_.rooms(), 0U);
}

TEST_F(RoomTest, WhoComesBackTakesItsSeatAgain) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  tick(5);
  arrive(c_, "a", "en");
  EXPECT_TRUE(a_.gone);
  tick(5);
  c_.says.push_back(tone(9));
  tick();
  EXPECT_EQ(b_.heard, tone(9));
  EXPECT_FALSE(b_.hung_up_by_us);
}

TEST_F(RoomTest, ALostConnectionIsWaitedForAndTheCallGoesOn) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  tick(5);
  a_.closed = a_.lost = true;
  tick(50);
  EXPECT_TRUE(a_.gone);
  EXPECT_FALSE(b_.hung_up_by_us) << "a may come back";
  arrive(c_, "a", "en", "s", 1);
  tick(5);
  c_.says.push_back(tone(1000));
  tick();
  EXPECT_EQ(b_.heard, tone(1000));
  EXPECT_FALSE(b_.hung_up_by_us);
}

TEST_F(RoomTest, ALostConnectionThatDoesNotComeBackEndsTheCall) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  a_.closed = a_.lost = true;
  tick(124);
  EXPECT_FALSE(b_.hung_up_by_us);
  tick(4);
  EXPECT_TRUE(b_.hung_up_by_us);
  EXPECT_EQ(switchboard_.rooms(), 0U);
}

TEST_F(RoomTest, WhoComesBackAloneAfterARestartIsHungUpSoon) {
  arrive(a_, "a", "en", "s", 1);
  tick(130);
  EXPECT_TRUE(a_.hung_up_by_us);
}

TEST_F(RoomTest, ACallTooManyHearsTheOriginalAndIsTold) {
  world_.capacity.admit();
  for (int i = 1; i < world_.capacity.limit(); ++i) world_.capacity.admit();
  arrive(a_, "a", "en");
  arrive(b_, "b", "pt");
  for (int i = 0; i < 60; ++i) {
    a_.says.push_back(tone(1000));
    tick();
  }
  EXPECT_EQ(b_.heard, tone(1000));
  const auto busy = scripted::kNotices[static_cast<std::size_t>(synthesis::Notice::kBusy)];
  EXPECT_GT(std::ranges::count(b_.all_heard, busy + 63), 0) << "notice over the original at -24 dB";
  const auto actions = world_.health.snapshot().actions;
  EXPECT_EQ(actions.at({"admission", "refuse"}), 1U);
  world_.capacity.release();
  FarEnd d;
  FarEnd e;
  arrive(d, "a", "en", "other");
  arrive(e, "b", "pt", "other");
  tick(1);
  EXPECT_EQ(world_.capacity.calls(), world_.capacity.limit());
  d.closed = e.closed = true;
  tick(1);
  EXPECT_EQ(world_.capacity.calls(), world_.capacity.limit() - 1) << "its place is free";
}

TEST_F(RoomTest, TheMirrorNeverGivesBackTheOwnVoice) {
  world_.engines->translators.clear();
  arrive(a_, "mirror", "en");
  for (int i = 0; i < 50; ++i) {
    a_.says.push_back(tone(1000));
    tick();
  }
  EXPECT_EQ(std::ranges::count(a_.all_heard, 1000), 0);
}

TEST_F(RoomTest, WhenTheProcessEndsNobodyIsHungUp) {
  arrive(a_, "a", "en");
  arrive(b_, "b", "en");
  tick();
  switchboard_.abandon();
  EXPECT_TRUE(a_.abandoned && b_.abandoned);
  EXPECT_FALSE(a_.hung_up_by_us || b_.hung_up_by_us);
  EXPECT_EQ(switchboard_.rooms(), 0U);
}

TEST_F(RoomTest, SessionsDoNotHearEachOther) {
  arrive(a_, "a", "en", "one");
  arrive(b_, "b", "en", "two");
  tick(5);
  a_.says.push_back(tone(5));
  tick();
  EXPECT_EQ(b_.heard, audio::kSilence);
  EXPECT_EQ(switchboard_.rooms(), 2U);
}

}  // namespace
}  // namespace parley::call
