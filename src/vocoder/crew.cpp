// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/crew.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace parley::vocoder {
namespace {

constexpr int kSpins = 4000;  // 50…150 µs

void relax() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

/// Returns when the value is no longer `old`.
void wait_for_change(const std::atomic<unsigned>& value, unsigned old) {
  for (int i = 0; i < kSpins; ++i) {
    if (value.load(std::memory_order_acquire) != old) return;
    relax();
  }
  value.wait(old, std::memory_order_acquire);
}

}  // namespace

Crew::Crew(int threads) : size_(threads) {
  try {
    for (int member = 1; member < size_; ++member) members_.emplace_back([this, member] { serve(member); });
  } catch (...) {
    dismiss();
    throw;
  }
}

Crew::~Crew() { dismiss(); }

void Crew::dismiss() {
  over_ = true;
  begun_.fetch_add(1, std::memory_order_release);
  begun_.notify_all();
  for (auto& member : members_) member.join();
}

void Crew::run(const std::function<void(int)>& job) {
  if (size_ == 1) return job(0);
  job_ = &job;
  begun_.fetch_add(1, std::memory_order_release);
  begun_.notify_all();
  job(0);
  meet();
}

void Crew::serve(int member) {
  for (unsigned run = 0;; ++run) {
    wait_for_change(begun_, run);
    if (over_) return;
    (*job_)(member);
    meet();
  }
}

void Crew::meet() {
  if (size_ == 1) return;
  const unsigned meeting = met_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<unsigned>(size_)) {
    arrived_.store(0, std::memory_order_relaxed);
    met_.store(meeting + 1, std::memory_order_release);
    met_.notify_all();
  } else {
    wait_for_change(met_, meeting);
  }
}

RowRange part_of(std::size_t rows, int member, int members, std::size_t step) {
  const auto cut = [&](int at) {
    return at == members ? rows : rows * static_cast<std::size_t>(at) / static_cast<std::size_t>(members) / step * step;
  };
  return {cut(member), cut(member + 1)};
}

}  // namespace parley::vocoder
