// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/float_kernels.h"
#include "kernels/tables.h"

namespace parley::kernels {
namespace {

void multiply_int8(const Int8Product& p) {
  const std::size_t n = p.matrix.inputs;
  const std::size_t count = p.picked != nullptr ? p.picked_count : p.matrix.outputs;
  for (std::size_t j = 0; j < count; ++j) {
    const std::size_t output = p.picked != nullptr ? p.picked[j] : j;
    const std::int8_t* weights = p.matrix.weights + output * n;
    for (std::size_t row = 0; row < p.row_count; ++row) {
      const auto* activations = reinterpret_cast<const std::int8_t*>(p.rows) + row * n;
      std::int32_t product = 0;
      for (std::size_t i = 0; i < n; ++i) product += activations[i] * weights[i];
      p.out[row * count + j] = to_real(product, p.row_scales[row], p.matrix, p.bias, output);
    }
  }
}

}  // namespace

constexpr Kernels kPortableKernels{Isa::kPortable, quantise_row<0>, multiply_int8, multiply_f32, dot_rows, weighted_sum,
                                   add_layer_norm, softmax,         sigmoid,       relu,         argmax,   log_sum_exp};

}  // namespace parley::kernels
