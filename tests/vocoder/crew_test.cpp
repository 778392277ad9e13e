// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/crew.h"

#include <atomic>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

namespace parley::vocoder {
namespace {

TEST(Crew, DoesEveryMembersPartOnce) {
  for (const int members : {1, 2, 4}) {
    Crew crew(members);
    EXPECT_EQ(crew.size(), members);
    std::vector<int> done(static_cast<std::size_t>(members));  // no atomics: run() itself must order the writes
    for (int run = 1; run <= 200; ++run) {
      crew.run([&](int member) { ++done[static_cast<std::size_t>(member)]; });
      for (const int count : done) ASSERT_EQ(count, run) << members;
    }
  }
}

TEST(Crew, DoesEveryRowOnce) {
  constexpr std::size_t kRows = 1000;
  for (const int members : {1, 2, 4}) {
    Crew crew(members);
    std::vector<int> rows(kRows);
    crew.run([&](int member) {
      const RowRange part = part_of(kRows, member, crew.size(), 24);
      for (std::size_t row = part.begin; row < part.end; ++row) ++rows[row];
    });
    EXPECT_EQ(rows, std::vector<int>(kRows, 1)) << members;
  }
}

TEST(Crew, MeetingsLetAMemberSeeWhatTheOthersWrote) {
  for (const int members : {1, 2, 4}) {
    Crew crew(members);
    std::vector<int> steps(static_cast<std::size_t>(members));  // again no atomics, and each read by all
    std::atomic<int> wrong{0};
    crew.run([&](int member) {
      for (int step = 1; step <= 150; ++step) {
        steps[static_cast<std::size_t>(member)] = step;
        crew.meet();
        for (const int other : steps) wrong += other != step ? 1 : 0;
        crew.meet();
      }
    });
    EXPECT_EQ(wrong, 0) << members;
  }
}

TEST(Crew, RunsFromOneThreadAfterAnother) {
  Crew crew(2);
  int total = 0;
  for (int i = 0; i < 20; ++i) {
    std::jthread([&] {
      crew.run([&](int member) {
        if (member == 1) ++total;
      });
    });
  }
  EXPECT_EQ(total, 20);
}

TEST(Crew, MayGoBeforeItHasDoneAnything) {
  for (int i = 0; i < 100; ++i) {
    for (const int members : {1, 2, 4}) Crew crew(members);
  }
}

TEST(PartOf, CoversAllRowsInOrderAndInWholeSteps) {
  for (const std::size_t step : {1, 5, 24}) {
    for (const int members : {1, 2, 3, 4, 7}) {
      for (std::size_t rows = 0; rows < 200; ++rows) {
        std::size_t next = 0;
        for (int member = 0; member < members; ++member) {
          const RowRange part = part_of(rows, member, members, step);
          ASSERT_EQ(part.begin, next);
          ASSERT_LE(part.begin, part.end);
          ASSERT_EQ(part.begin % step, 0U);
          next = part.end;
        }
        ASSERT_EQ(next, rows);
      }
    }
  }
}

}  // namespace
}  // namespace parley::vocoder
