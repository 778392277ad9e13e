// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/spectrum.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "random_generator.h"
#include "vocoder/architecture.h"

namespace parley::vocoder {
namespace {

TEST(Spectrum, LogMagnitudesAndPhasesBecomeRectangular) {
  const auto polar = testing::random_values(3 * kSpectrumChannels, 1, 2.0F);
  auto rectangular = polar;
  to_rectangular(rectangular);
  for (std::size_t row = 0; row < polar.size(); row += kSpectrumChannels) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double magnitude = std::exp(static_cast<double>(polar[row + bin]));
      const double phase = std::sin(static_cast<double>(polar[row + kBins + bin]));
      ASSERT_NEAR(rectangular[row + bin], magnitude * std::cos(phase), 1e-6 * magnitude);
      ASSERT_NEAR(rectangular[row + kBins + bin], magnitude * std::sin(phase), 1e-6 * magnitude);
    }
  }
}

/// Pieces that hold their own number everywhere.
std::vector<float> numbered_pieces(std::size_t rows) {
  std::vector<float> pieces(rows * kTransform);
  for (std::size_t i = 0; i < pieces.size(); ++i) pieces[i] = static_cast<float>(1 + i / kTransform);
  return pieces;
}

TEST(Spectrum, PiecesOverlapFromTheMiddleOfTheFirst) {
  const auto pieces = numbered_pieces(5);
  std::vector<float> out(4 * kHop, -1.0F);
  overlap_add(pieces, 0, out);
  // Piece r covers samples 5 (r - 2) … 5 (r + 2) - 1, four times as loud.
  const float expected[] = {4 * (1 + 2 + 3), 4 * (1 + 2 + 3 + 4), 4 * (2 + 3 + 4 + 5), 4 * (3 + 4 + 5)};
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], expected[i / kHop]) << i;
}

TEST(Spectrum, PartsOfTheSignalAreWhatTheWholeHasThere) {
  const auto pieces = testing::random_values(31 * kTransform, 2, 1.0F);
  std::vector<float> whole(30 * kHop);
  overlap_add(pieces, 0, whole);
  for (std::size_t cut = 0; cut <= 30; ++cut) {
    std::vector<float> parts(whole.size(), -1.0F);
    overlap_add(pieces, 0, std::span(parts).first(cut * kHop));
    overlap_add(pieces, cut, std::span(parts).subspan(cut * kHop));
    ASSERT_EQ(parts, whole) << cut;
  }
}

}  // namespace
}  // namespace parley::vocoder
