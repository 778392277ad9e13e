// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/statistics.h"

#include <algorithm>
#include <cmath>

namespace parley::vocoder {
namespace {

constexpr float kEpsilon = 1e-5F;  // as the model was trained with

}  // namespace

void Conditioning::set_norm(std::size_t norm, std::span<const float> mean, std::span<const float> variance,
                            const StyleAffine& style) {
  const std::size_t begin = norm_offset(norm);
  for (std::size_t c = 0; c < norm_channels(norm); ++c) {
    gain[begin + c] = style.gamma[begin + c] / std::sqrt(variance[c] + kEpsilon);
    offset[begin + c] = style.beta[begin + c] - mean[c] * gain[begin + c];
  }
}

Conditioning Conditioning::of(const NormStatistics& statistics, const StyleAffine& style) {
  Conditioning result;
  for (std::size_t norm = 0; norm < kConvs; ++norm) {
    const std::size_t begin = norm_offset(norm);
    result.set_norm(norm, std::span(statistics.mean).subspan(begin, norm_channels(norm)),
                    std::span(statistics.variance).subspan(begin, norm_channels(norm)), style);
  }
  return result;
}

}  // namespace parley::vocoder
