// SPDX-License-Identifier: GPL-3.0-or-later
// Its own program, because it counts every allocation of the process.
#include "support/counted_allocations.h"

#include <gtest/gtest.h>

#include "kernels/cpu_features.h"
#include "random_generator.h"
#include "vocoder/windows.h"

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
