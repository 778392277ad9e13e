// SPDX-License-Identifier: GPL-3.0-or-later
// Its own program, because it counts every allocation of the process.
#include <atomic>
#include <cstddef>
#include <cstdlib>

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "random_generator.h"
#include "vocoder/windows.h"

namespace {
std::atomic<std::size_t> allocations{0};
}

// glibc's own names for its allocator; operator new comes through these.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  ++allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;
}
}

namespace parley::vocoder {
namespace {

using namespace testing;

TEST(Allocations, AreCounted) {
  const std::size_t before = allocations;
  void* volatile memory = ::operator new(1);
  ::operator delete(memory);
  void* volatile aligned = ::operator new(1, std::align_val_t{64});
  ::operator delete(aligned, std::align_val_t{64});
  EXPECT_EQ(allocations - before, 2U);
}

TEST(Allocations, AreNoneInAnyWindow) {
  const RandomPhrase phrase(60);
  const Conditioning conditioning = phrase.conditioning();
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::cpu_supports(isa) || isa == kernels::Isa::kPortable) continue;  // which is slow, and the same code
    for (const int threads : {1, 2}) {
      Generator generator(random_weights(isa), WindowPolicy().max_frames(), threads);
      WindowedRun run(generator, phrase.stretch(), 0, 60);
      const std::size_t before = allocations;
      std::size_t windows = 0;
      while (!run.next(conditioning).empty()) ++windows;
      EXPECT_EQ(allocations - before, 0U) << to_string(isa) << ", threads: " << threads;
      EXPECT_GE(windows, 2U);
    }
  }
}

TEST(Allocations, AreNoneInARunThatMeasures) {
  const RandomPhrase phrase(3);
  for (const int threads : {1, 2}) {
    Generator generator(random_weights(kernels::best_isa()), 3, threads);
    NormStatistics observed;
    const std::size_t before = allocations;
    generator.run_measuring(phrase.stretch(), phrase.style(), observed);
    EXPECT_EQ(allocations - before, 0U) << threads;
  }
}

}  // namespace
}  // namespace parley::vocoder
