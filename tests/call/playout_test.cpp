// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/playout.h"

#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace parley::call {
namespace {

std::vector<std::int16_t> speech(std::size_t samples, std::int16_t value = 1000) {
  return std::vector<std::int16_t>(samples, value);
}

std::vector<PlayoutEvent> events_of(Playout& playout) {
  std::vector<PlayoutEvent> events;
  for (PlayoutEvent event; playout.pop_event(event);) events.push_back(event);
  return events;
}

TEST(Playout, ReportsTheTicksOfAnUtterancesFirstAndLastFrame) {
  Playout playout;
  audio::Frame frame{};
  EXPECT_FALSE(playout.read(frame, 7));
  playout.begin(1);
  EXPECT_FALSE(playout.read(frame, 8)) << "a beginning without sound is no frame";
  EXPECT_TRUE(events_of(playout).empty());
  playout.write(speech(640));
  playout.end_phrase();
  playout.end(1);
  EXPECT_TRUE(playout.read(frame, 9));
  EXPECT_TRUE(playout.speaking());
  EXPECT_TRUE(playout.read(frame, 10));
  EXPECT_FALSE(playout.speaking());
  EXPECT_TRUE(playout.empty());
  const auto events = events_of(playout);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].kind, PlayoutEvent::Kind::kFirstFrame);
  EXPECT_EQ(events[0].tick, 9U);
  EXPECT_EQ(events[1].kind, PlayoutEvent::Kind::kLastFrame);
  EXPECT_EQ(events[1].tick, 10U);
}

TEST(Playout, WaitsForTheRestOfAFrameInsideAPhraseAndFillsItUpAtItsEnd) {
  Playout playout;
  audio::Frame frame{};
  playout.begin(1);
  playout.write(speech(400));
  EXPECT_TRUE(playout.read(frame, 1));
  EXPECT_FALSE(playout.read(frame, 2)) << "80 samples are no frame while the phrase goes on";
  EXPECT_TRUE(playout.speaking());
  playout.end_phrase();
  EXPECT_TRUE(playout.read(frame, 3));
  EXPECT_EQ(frame[79], 1000);
  EXPECT_EQ(frame[80], 0);
  EXPECT_TRUE(playout.speaking()) << "the utterance has more phrases";
  playout.end(1);
  EXPECT_FALSE(playout.read(frame, 4));
  EXPECT_FALSE(playout.speaking());
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, UtterancesFollowEachOtherWithoutAGap) {
  Playout playout;
  audio::Frame frame{};
  for (std::uint64_t id : {1, 2}) {
    playout.begin(id);
    playout.write(speech(480, static_cast<std::int16_t>(id)));
    playout.end_phrase();
    playout.end(id);
  }
  EXPECT_TRUE(playout.read(frame, 1));
  EXPECT_TRUE(playout.read(frame, 2));
  EXPECT_EQ(frame[159], 1);
  EXPECT_EQ(frame[160], 2);
  EXPECT_TRUE(playout.read(frame, 3));
  EXPECT_EQ(events_of(playout).size(), 4U);
  EXPECT_TRUE(playout.empty());
}

TEST(Playout, TakesOnlyWhatFitsAndSaysHowMuchWaits) {
  Playout playout;
  EXPECT_EQ(playout.write(speech(16000)), 16000U);
  EXPECT_EQ(playout.backlog(), milliseconds(1000));
  const auto rest = playout.write(speech(Playout::kCapacitySamples * 2));
  EXPECT_LT(rest, Playout::kCapacitySamples * 2);
  EXPECT_EQ(playout.write(speech(1)), 0U);
}

}  // namespace
}  // namespace parley::call
