// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

#include "translation/marian_model.h"
#include "translation/marian_weights.h"

/// Any bytes as a model file: it is refused, or everything it says can be read and it translates.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::translation;
  const auto aligned = std::make_unique<std::uint32_t[]>(size / 4 + 1);
  std::memcpy(aligned.get(), data, size);
  auto file = MarianFile::parse({reinterpret_cast<const std::byte*>(aligned.get()), size}, "fuzz");
  if (!file) return 0;
  auto weights = MarianWeights::load(std::move(*file));
  if (!weights) return 0;
  const auto model = MarianModel::make(std::move(*weights), std::nullopt, {}, parley::kernels::Isa::kPortable);
  const std::uint32_t source[] = {1, 0};
  MarianWorkspace workspace;
  if (model) (void)model->translate({.source = source}, workspace);
  return 0;
}
