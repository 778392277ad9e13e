// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/statistics.h"

#include <cmath>

#include <gtest/gtest.h>

#include "random_generator.h"

namespace parley::vocoder {
namespace {

using testing::RandomPhrase;

TEST(Conditioning, IsNormAndStyleInOneAffine) {
  const RandomPhrase phrase(1);
  const Conditioning conditioning = phrase.conditioning();
  ASSERT_EQ(conditioning.gain.size(), kNormChannels);
  ASSERT_EQ(conditioning.offset.size(), kNormChannels);
  const double x = 0.7;
  for (std::size_t c = 0; c < kNormChannels; ++c) {
    const double normalised = (x - static_cast<double>(phrase.statistics.mean[c])) /
                              std::sqrt(static_cast<double>(phrase.statistics.variance[c]) + 1e-5);
    const double expected = static_cast<double>(phrase.gamma[c]) * normalised + static_cast<double>(phrase.beta[c]);
    ASSERT_NEAR(static_cast<double>(conditioning.gain[c]) * x + static_cast<double>(conditioning.offset[c]), expected,
                1e-5)
        << c;
  }
}

TEST(Conditioning, StaysFiniteWhereNothingVaries) {
  RandomPhrase phrase(1);
  std::ranges::fill(phrase.statistics.variance, 0.0F);
  const Conditioning conditioning = phrase.conditioning();
  for (std::size_t c = 0; c < kNormChannels; ++c) {
    ASSERT_NEAR(conditioning.gain[c], phrase.gamma[c] / std::sqrt(1e-5F), 1e-3);
    ASSERT_TRUE(std::isfinite(conditioning.offset[c]));
  }
}

TEST(Conditioning, OneNormIsSetAlone) {
  const RandomPhrase phrase(1);
  const Conditioning all = phrase.conditioning();
  for (const std::size_t norm : {std::size_t{0}, std::size_t{23}, std::size_t{24}, kConvs - 1}) {
    Conditioning one;
    const std::size_t begin = norm_offset(norm);
    one.set_norm(norm, std::span(phrase.statistics.mean).subspan(begin, norm_channels(norm)),
                 std::span(phrase.statistics.variance).subspan(begin, norm_channels(norm)), phrase.style());
    for (std::size_t c = 0; c < kNormChannels; ++c) {
      const bool inside = c >= begin && c < begin + norm_channels(norm);
      ASSERT_EQ(one.gain[c], inside ? all.gain[c] : 0.0F) << norm;
      ASSERT_EQ(one.offset[c], inside ? all.offset[c] : 0.0F) << norm;
    }
  }
}

}  // namespace
}  // namespace parley::vocoder
