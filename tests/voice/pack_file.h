// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

#include "support/temporary_directory.h"
#include "voice/style_pack.h"

namespace parley::voice::testing {

using support::TemporaryDirectory;

inline void write_pack(const std::filesystem::path& file, std::span<const float> values) {
  std::ofstream(file, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size_bytes()));
}

/// A pack whose rows all hold their own number.
inline std::vector<float> numbered_pack() {
  std::vector<float> values(StylePack::kRows * StylePack::kColumns);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i / StylePack::kColumns);
  return values;
}

}  // namespace parley::voice::testing
