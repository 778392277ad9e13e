// SPDX-License-Identifier: GPL-3.0-or-later
#include "results.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include <fmt/std.h>

#include "give_up.h"

namespace parley::bench {

double percentile(std::vector<double> values, double fraction) {
  std::ranges::sort(values);
  const auto rank = std::ceil(fraction * static_cast<double>(values.size()));
  return values[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

void merge_results(const std::filesystem::path& file, const nlohmann::json& keys) {
  auto results = nlohmann::json::object();
  if (std::ifstream before(file); before) {
    auto parsed = nlohmann::json::parse(before, nullptr, /*allow_exceptions=*/false);
    if (parsed.is_object()) results = std::move(parsed);
  }
  results.update(keys);
  if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file);
  out << results.dump(2) << '\n';
  if (!out.flush()) give_up(fmt::format("{} cannot be written", file));
}

}  // namespace parley::bench
