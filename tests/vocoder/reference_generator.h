// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include "random_generator.h"

namespace parley::vocoder::testing {

/// What a run of the reference gives.
struct ReferenceSound {
  std::vector<double> samples;
  std::vector<double> mean;      ///< [kNormChannels], of every norm's input
  std::vector<double> variance;  ///< and around that mean.
};

/// The generator from its definition, in double precision, a layer at a time, out of the tensors as the file holds
/// them. Activations and weights of the 48 convolutions and of the upsampling are whole numbers, as Quantisation says.
///
/// `statistics` null: norms are measured on the stretch.
ReferenceSound reference_sound(const RandomGenerator& generator, const Stretch& stretch, const StyleAffine& style,
                               const NormStatistics* statistics);

}  // namespace parley::vocoder::testing
