// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_output.h"

#include <gtest/gtest.h>

namespace parley::app {
namespace {

TEST(RunCommand, GivesStatusAndOutputOfBothStreams) {
  const auto result = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"}, milliseconds(5000));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->status, 3);
  EXPECT_EQ(result->output, "out\nerr\n");
}

TEST(RunCommand, SaysThatAProgramIsNotThere) {
  const auto result = run_command({"no-such-program"}, milliseconds(5000));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
}

TEST(RunCommand, EndsAProgramThatHangs) {
  const auto result = run_command({"sleep", "60"}, milliseconds(50));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::kUnavailable);
}

TEST(RunCommand, KeepsABoundedOutput) {
  const auto result = run_command({"head", "-c", "1000000", "/dev/zero"}, milliseconds(5000));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output.size(), 65536U);
}

}  // namespace
}  // namespace parley::app
