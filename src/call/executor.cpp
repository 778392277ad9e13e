// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/executor.h"

#include <utility>

namespace parley::call {

Executor::Executor(int threads) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

Executor::~Executor() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Executor::submit(Priority priority, Job job) {
  {
    const std::lock_guard lock(mutex_);
    jobs_.push({priority, next_number_++, std::move(job)});
  }
  wake_.notify_one();
}

std::size_t Executor::pending() const {
  const std::lock_guard lock(mutex_);
  return jobs_.size() + running_;
}

void Executor::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (wake_.wait(lock, stop, [this] { return !jobs_.empty(); }) && !stop.stop_requested()) {
    Job job = std::move(jobs_.top().job);
    jobs_.pop();
    ++running_;
    lock.unlock();
    job();
    job = nullptr;  // What it holds goes before it counts as done.
    lock.lock();
    --running_;
  }
}

}  // namespace parley::call
