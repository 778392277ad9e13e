// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/cpu_features.h"

#include <cstdlib>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/kernels.h"

namespace parley::kernels {
namespace {

using testing::HasSubstr;

class CpuFeatures : public testing::Test {
 protected:
  void SetUp() override { unsetenv("PARLEY_KERNELS"); }
  void TearDown() override { unsetenv("PARLEY_KERNELS"); }
};

TEST_F(CpuFeatures, NamesReadBackAsWhatTheyName) {
  for (const Isa isa : kAllIsas) EXPECT_EQ(parse_isa(to_string(isa)).value(), isa);
}

TEST_F(CpuFeatures, PlainCppRunsEverywhere) { EXPECT_TRUE(cpu_supports(Isa::kPortable)); }

TEST_F(CpuFeatures, TheStrongestSupportedSetIsChosenWhenNobodyAsks) {
  EXPECT_EQ(choose_isa().value(), best_isa());
  setenv("PARLEY_KERNELS", "", 1);
  EXPECT_EQ(choose_isa().value(), best_isa());
}

TEST_F(CpuFeatures, TheEnvironmentChoosesAnySupportedSet) {
  for (const Isa isa : kAllIsas) {
    setenv("PARLEY_KERNELS", std::string(to_string(isa)).c_str(), 1);
    const auto chosen = choose_isa();
    if (cpu_supports(isa)) {
      EXPECT_EQ(chosen.value(), isa);
    } else {
      EXPECT_EQ(chosen.error().code, ErrorCode::kUnsupported);
      EXPECT_THAT(chosen.error().message, HasSubstr("this processor lacks"));
    }
  }
}

TEST_F(CpuFeatures, AnUnknownNameIsRefusedWithTheKnownOnes) {
  setenv("PARLEY_KERNELS", "sse9", 1);
  const auto chosen = choose_isa();
  ASSERT_FALSE(chosen.has_value());
  EXPECT_EQ(chosen.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(chosen.error().message, HasSubstr("portable, avx2 or avx512"));
}

TEST_F(CpuFeatures, KernelsOfAnInstructionSetSaySo) {
  for (const Isa isa : kAllIsas) {
    if (cpu_supports(isa)) {
      EXPECT_EQ(kernels_for(isa).isa, isa);
    } else {
      EXPECT_THROW(kernels_for(isa), std::logic_error);
    }
  }
}

}  // namespace
}  // namespace parley::kernels
