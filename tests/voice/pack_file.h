// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "voice/style_pack.h"

namespace parley::voice::testing {

/// A directory of a test's own, gone when the test is.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "parley-voice-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

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
