// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/kernels.h"
#include "translation/marian_weights.h"

namespace parley::translation {

/// What the matrix products are computed in.
enum class Arithmetic {
  kInt8,     ///< Activations quantised row by row; what calls use.
  kFloat32,  ///< Activations left as they are: three to six times slower; what int8 is measured against.
};

/// Memory of the layers for one translation at a time. Grows to the longest text seen and is then reused.
struct LayerMemory {
  std::vector<std::uint8_t> bytes;
  std::vector<float> scales;
  std::vector<float> queries, mixed, projected, inner, energies;
};

/// The layers of the graph over rows of activations: [rows][width] f32, row by row. Stateless apart from its memory;
/// one thread at a time.
class MarianLayers {
 public:
  MarianLayers(const kernels::Kernels& kernels, Arithmetic arithmetic, const MarianDimensions& dimensions,
               LayerMemory& memory)
      : kernels_(kernels), arithmetic_(arithmetic), dimensions_(dimensions), memory_(memory) {}

  /// out = x · matrix + bias, for all outputs, or the `picked` ones in their order.
  void linear(const Linear& layer, const float* x, std::size_t rows, float* out,
              std::span<const std::uint32_t> picked = {});

  /// Keys and values of a sequence of `rows` states, for attend().
  void keys_and_values(const Attention& layer, const float* x, std::size_t rows, float* keys, float* values);

  /// x = norm(x + attention of x over `positions` keys and values). With `first_head` not null, head 0's weights of the
  /// last row go there
  /// ([positions]).
  void attend(const Attention& layer, float* x, std::size_t rows, const float* keys, const float* values,
              std::size_t positions, float* first_head = nullptr);

  /// x = norm(x + outer(relu(inner(x)))).
  void feed_forward(const FeedForward& layer, float* x, std::size_t rows);

  /// One step of the recurrent unit: x becomes its output, `state` ([width]) its next state.
  void recur(const RecurrentUnit& layer, float* x, float* state);

 private:
  /// The activations that the following products read, quantised once for all of them.
  void prepare(const float* x, std::size_t rows, std::size_t width);
  void multiply(const Linear& layer, float* out, std::span<const std::uint32_t> picked = {});

  const kernels::Kernels& kernels_;
  const Arithmetic arithmetic_;
  const MarianDimensions& dimensions_;
  LayerMemory& memory_;
  const float* prepared_ = nullptr;
  std::size_t prepared_rows_ = 0;
};

}  // namespace parley::translation
