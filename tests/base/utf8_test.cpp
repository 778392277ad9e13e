// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/utf8.h"

#include <gtest/gtest.h>

namespace parley {
namespace {

TEST(Utf8, GoesThereAndBack) {
  const std::string text = "Você, ˈaɪ — नमस्ते 😀\x01";
  EXPECT_EQ(encode_utf8(decode_utf8(text)), text);
}

TEST(Utf8, EveryByteThatIsNoTextBecomesOneReplacement) {
  EXPECT_EQ(decode_utf8("a\x80z"), U"a\uFFFDz");
  EXPECT_EQ(decode_utf8("\xC3"), U"\uFFFD");                      // cut short
  EXPECT_EQ(decode_utf8("\xC0\xAF"), U"\uFFFD\uFFFD");            // overlong '/'
  EXPECT_EQ(decode_utf8("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(decode_utf8("\xF4\x90\x80\x80").size(), 4U);          // beyond U+10FFFF
  EXPECT_EQ(decode_utf8("\xE2\x82z"), U"\uFFFD\uFFFDz");
}

}  // namespace
}  // namespace parley
