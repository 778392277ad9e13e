// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.h"

#include <cstdlib>

namespace parley {
namespace {

std::filesystem::path from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? std::filesystem::path(value) : std::filesystem::path();
}

}  // namespace

std::filesystem::path cache_directory() {
  if (auto own = from_environment("PARLEY_CACHE"); !own.empty()) return own;
  if (auto cache = from_environment("XDG_CACHE_HOME"); !cache.empty()) return cache / "parley";
  return from_environment("HOME") / ".cache" / "parley";
}

std::filesystem::path default_model_directory() {
  if (auto own = from_environment("PARLEY_MODELS"); !own.empty()) return own;
  return cache_directory() / "models";
}

std::filesystem::path default_data_directory() {
  if (auto own = from_environment("PARLEY_DATA"); !own.empty()) return own;
  return PARLEY_DATA_DIR;
}

}  // namespace parley
