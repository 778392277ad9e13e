// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/conv.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "kernels/conv_tables.h"
#include "kernels/cpu_features.h"

namespace parley::kernels {

Quantisation quantisation_for(float low, float high) {
  constexpr float kMost = std::numeric_limits<float>::max();
  // Written so that NaN becomes 0.
  low = low < 0.0F ? std::max(low, -kMost) : 0.0F;
  high = high > 0.0F ? std::min(high, kMost) : 0.0F;
  if (low == 0.0F && high == 0.0F) return {};
  // A scale whose inverse is still finite.
  const float scale = std::max(high / 255.0F - low / 255.0F, std::numeric_limits<float>::min());
  return {scale, std::clamp(static_cast<int>(std::nearbyint(-low / scale)), 0, 255) - 128};
}

const ConvKernels& conv_kernels_for(Isa isa) {
  if (!cpu_supports(isa)) throw std::logic_error("conv_kernels_for: the processor lacks this instruction set");
#ifdef PARLEY_X86_KERNELS
  if (isa == Isa::kAvx512Vnni) return kAvx512VnniConvKernels;
  if (isa == Isa::kAvx2) return kAvx2ConvKernels;
#endif
  return kPortableConvKernels;
}

}  // namespace parley::kernels
