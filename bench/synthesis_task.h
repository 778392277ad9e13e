// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace parley::bench {

/// Where set-up puts the engines that are measured beside ours (`scripts/setup/run bench`).
std::filesystem::path piper_directory();
std::filesystem::path hibari_directory();

/// Speaks phrases with one engine and says how long each took; bench/hibari.py does the same for hibari. Meant for a
/// process of its own, whose memory it reports. Ends the program on errors.
///
/// The task: {"engine", "threads", "rounds", "warm_up": [phrase…], "phrases": [phrase…], "wav": directory or ""}, where
/// a phrase is {"language", "text"}.
///
/// The result: {"load_ms", "rss_mb", "runs": [{"phrase": index, "seconds", "first_ms", "first_cpu_ms",
/// "total_ms", "total_cpu_ms"}…]}. Times count from the text; "cpu" is what the process used of the cores.
nlohmann::json measure_synthesis(const nlohmann::json& task);

/// Has Kokoro's default voices measured and their statistics kept, unless they are.
void measure_default_voices();

}  // namespace parley::bench
