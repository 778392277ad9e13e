// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/kernels.h"

#include <numeric>
#include <stdexcept>

#include "kernels/cpu_features.h"
#include "kernels/tables.h"

namespace parley::kernels {

std::vector<std::int32_t> sum_rows(const std::int8_t* weights, std::size_t outputs, std::size_t inputs) {
  std::vector<std::int32_t> sums(outputs);
  for (std::size_t row = 0; row < outputs; ++row) {
    sums[row] = std::accumulate(weights + row * inputs, weights + (row + 1) * inputs, std::int32_t{0});
  }
  return sums;
}

const Kernels& kernels_for(Isa isa) {
  if (!cpu_supports(isa)) throw std::logic_error("kernels_for: the processor lacks this instruction set");
#ifdef PARLEY_X86_KERNELS
  if (isa == Isa::kAvx512Vnni) return kAvx512VnniKernels;
  if (isa == Isa::kAvx2) return kAvx2Kernels;
#endif
  return kPortableKernels;
}

}  // namespace parley::kernels
