// SPDX-License-Identifier: GPL-3.0-or-later
// How rows and outputs are divided into tiles; internal linkage throughout, as in lanes.h.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/conv.h"

// Internal linkage is the point: each instruction set has its own. NOLINTBEGIN(misc-definitions-in-headers)
namespace parley::kernels {
namespace {

/// tile.operator()<n>(row) for rows up to end, n at a time: `Most`, and at last what is left.
template <std::size_t Most, typename Tile>
inline void for_tiles(std::size_t row, std::size_t end, const Tile& tile) {
  for (; row + Most <= end; row += Most) tile.template operator()<Most>(row);
  if constexpr (Most > 1) for_tiles<Most - 1>(row, end, tile);
}

/// tile.operator()<n>(weights, row, output) for a whole convolution. Activations of `RowsAtATime` rows stay in the
/// nearest cache while the blocks of outputs go by.
template <std::size_t Most, std::size_t RowsAtATime, std::size_t BlockOutputs, typename Weight, typename Tile>
inline void for_blocks(const ConvCall& call, const Tile& tile) {
  const ConvShape& shape = call.conv->shape;
  for (std::size_t first = 0; first < call.rows; first += RowsAtATime) {
    const std::size_t end = call.rows - first < RowsAtATime ? call.rows : first + RowsAtATime;
    for (std::size_t output = 0; output < shape.outputs; output += BlockOutputs) {
      const std::uint8_t* weights = call.conv->weights.data() + output * shape.taps * shape.inputs * sizeof(Weight);
      for_tiles<Most>(first, end,
                      [&]<std::size_t Rows>(std::size_t row) { tile.template operator()<Rows>(weights, row, output); });
    }
  }
}

}  // namespace
}  // namespace parley::kernels
// NOLINTEND(misc-definitions-in-headers)
