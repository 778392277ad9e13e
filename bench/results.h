// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <nlohmann/json.hpp>

namespace parley::bench {

/// The value below which a fraction of the values lies (nearest rank). Precondition: not empty.
double percentile(std::vector<double> values, double fraction);

/// Puts the keys into the JSON object of a file, which keeps what else it has: several programs write one file. Ends
/// the program when it cannot.
void merge_results(const std::filesystem::path& file, const nlohmann::json& keys);

}  // namespace parley::bench
