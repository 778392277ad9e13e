// SPDX-License-Identifier: GPL-3.0-or-later
// Its own program, because it counts every allocation of the process.
#include "support/counted_allocations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "call/playout.h"

namespace parley::call {
namespace {

TEST(PlayoutAllocations, ThereAreNoneWhateverHappens) {
  Playout playout;
  std::vector<std::int16_t> samples(8000);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<std::int16_t>(8000 * std::sin(static_cast<double>(i) / 13.0));
  audio::Frame frame;
  std::uint64_t tick = 0;
  std::int64_t saved = 0;
  std::int64_t added = 0;
  const std::size_t before = allocations;
  for (std::uint64_t id = 1; id < 20; ++id) {
    playout.set_tempo(std::array{1.0F, 1.25F, 0.85F}[id % 3]);
    playout.set_ducked(id % 3 == 0);
    playout.begin(id);
    for (int phrase = 0; phrase < 3; ++phrase) {
      playout.write(samples);
      playout.end_phrase(milliseconds(50));
      for (int i = 0; i < 20; ++i) playout.read(frame, ++tick);
      if (id % 5 == 0) playout.stop_at_phrase_end();
    }
    playout.end(id);
    for (PlayoutEvent event; playout.pop_event(event);) {
      saved += std::max<std::int64_t>(0, event.saved.count());
      added += std::max<std::int64_t>(0, -event.saved.count());
    }
  }
  EXPECT_EQ(allocations - before, 0U);
  EXPECT_GT(saved, 300);
  EXPECT_GT(added, 300);
}

}  // namespace
}  // namespace parley::call
