// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/executor.h"

#include <future>
#include <mutex>
#include <vector>

#include <gtest/gtest.h>

namespace parley::call {
namespace {

TEST(Executor, RunsTheMostUrgentFirstAndEqualsInOrder) {
  Executor executor(1);
  std::promise<void> go;
  std::promise<void> done;
  std::vector<int> order;  // Written by the one worker, read after it has finished.
  executor.submit(Priority::kRecognition, [gate = go.get_future().share()] { gate.wait(); });
  executor.submit(Priority::kLaterPhrase, [&] {
    order.push_back(4);
    done.set_value();
  });
  executor.submit(Priority::kNextPhrase, [&] { order.push_back(3); });
  executor.submit(Priority::kRecognition, [&] { order.push_back(1); });
  executor.submit(Priority::kRecognition, [&] { order.push_back(2); });
  go.set_value();
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector{1, 2, 3, 4}));
}

TEST(Executor, CountsWhatIsNotDone) {
  std::promise<void> go;
  Executor executor(2);
  EXPECT_EQ(executor.pending(), 0U);
  std::shared_future<void> gate = go.get_future().share();
  for (int i = 0; i < 3; ++i) executor.submit(Priority::kNextPhrase, [gate] { gate.wait(); });
  EXPECT_EQ(executor.pending(), 3U);
  go.set_value();
  while (executor.pending() != 0) std::this_thread::yield();
}

TEST(Executor, EndsWithoutRunningWhatHasNotBegun) {
  std::promise<void> go;
  bool ran = false;
  {
    Executor executor(1);
    std::promise<void> begun;
    executor.submit(Priority::kRecognition, [&] {
      begun.set_value();
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    begun.get_future().wait();
    executor.submit(Priority::kLaterPhrase, [&] { ran = true; });
  }
  EXPECT_FALSE(ran);
}

}  // namespace
}  // namespace parley::call
