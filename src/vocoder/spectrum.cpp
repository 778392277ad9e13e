// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/spectrum.h"

#include <algorithm>
#include <cmath>

#include "vocoder/architecture.h"

namespace parley::vocoder {

void to_rectangular(std::span<float> rows) {
  for (std::size_t row = 0; row < rows.size(); row += kSpectrumChannels) {
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      float& real = rows[row + bin];
      float& imaginary = rows[row + kBins + bin];
      const float magnitude = std::exp(real);
      const float phase = std::sin(imaginary);
      real = magnitude * std::cos(phase);
      imaginary = magnitude * std::sin(phase);
    }
  }
}

void overlap_add(std::span<const float> pieces, std::size_t first, std::span<float> out) {
  constexpr std::size_t kOverlap = kTransform / kHop;
  constexpr std::size_t kMiddle = kTransform / 2 / kHop;
  const std::size_t rows = pieces.size() / kTransform;
  std::ranges::fill(out, 0.0F);
  for (std::size_t hop = 0; hop < out.size() / kHop; ++hop) {
    for (std::size_t part = 0; part < kOverlap; ++part) {
      const std::size_t from = first + hop + kMiddle;
      if (from < part || from - part >= rows) continue;
      const float* piece = &pieces[(from - part) * kTransform + part * kHop];
      for (std::size_t i = 0; i < kHop; ++i) out[hop * kHop + i] += piece[i];
    }
    for (std::size_t i = 0; i < kHop; ++i) out[hop * kHop + i] *= static_cast<float>(kOverlap);
  }
}

}  // namespace parley::vocoder
