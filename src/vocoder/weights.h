// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "kernels/conv.h"
#include "vocoder/activity.h"
#include "vocoder/architecture.h"
#include "vocoder/statistics_map.h"
#include "vocoder/tensor_file.h"

namespace parley::vocoder {

inline constexpr TensorFileKind kWeightsKind{'P', 'A', 'R', 'L', 'E', 'Y', 'V', 'G'};
inline constexpr std::uint32_t kWeightsVersion = 2;

struct SnakeConv {
  kernels::PackedConv conv;
  AlignedVector<float> alpha;
  AlignedVector<float> inverse_alpha;
};

struct StageWeights {
  /// A transposed convolution whose kernel is twice its stride, as a plain one: two neighbouring rows in, `factor` rows
  /// out, which lie one after another like one row of factor · channels.
  kernels::PackedConv up;
  kernels::PackedMatrix noise;
  std::vector<SnakeConv> convs;  ///< kBlocksPerStage × kConvsPerBlock
};

struct GeneratorWeights {
  /// Reads generator.bin (docs/kokoro-files.md) and packs it for `isa`. Errors: kNotFound, kInvalid (damaged, another
  /// version, or tensors of another shape).
  static Result<std::shared_ptr<const GeneratorWeights>> load(const std::filesystem::path& file, kernels::Isa isa);

  std::uint32_t checksum = 0;  ///< Of the file, to tell models apart.
  const kernels::ConvKernels* kernels = nullptr;
  std::array<StageWeights, kStages.size()> stages;
  kernels::PackedMatrix post;
  std::array<float, 3> slopes{};            ///< Of the leaky rectifiers before up 0, up 1 and post.
  kernels::PackedMatrix inverse_transform;  ///< Real and imaginary parts → windowed samples.
  StatisticsMap map;
  Activity activity;
};

}  // namespace parley::vocoder
