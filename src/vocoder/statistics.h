// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "base/aligned.h"
#include "vocoder/architecture.h"

namespace parley::vocoder {

/// What the generator's norms would measure over a whole phrase. A window must not measure them itself: they would jump
/// from window to window, audibly. So they are foretold (StatisticsMap), or measured on a whole phrase.
struct NormStatistics {
  std::vector<float> mean = std::vector<float>(kNormChannels);
  std::vector<float> variance = std::vector<float>(kNormChannels, 1.0F);
};

/// A style's scale and shift of the normalised values, one a channel of every norm (kNormChannels each).
struct StyleAffine {
  std::span<const float> gamma;
  std::span<const float> beta;
};

/// The norms of one phrase, ready for the generator: normalisation and style have become one affine,
/// gain = γ / √(variance + ε), offset = β - mean · gain.
struct Conditioning {
  AlignedVector<float> gain = AlignedVector<float>(kNormChannels);
  AlignedVector<float> offset = AlignedVector<float>(kNormChannels);

  static Conditioning of(const NormStatistics& statistics, const StyleAffine& style);

  /// The affine of one norm's channels.
  void set_norm(std::size_t norm, std::span<const float> mean, std::span<const float> variance,
                const StyleAffine& style);
};

}  // namespace parley::vocoder
