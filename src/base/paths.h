// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

namespace parley {

/// Where set-up keeps what it fetched and built: $PARLEY_CACHE, else $XDG_CACHE_HOME/parley, else ~/.cache/parley.
std::filesystem::path cache_directory();

/// Where the models are: $PARLEY_MODELS, else cache_directory()/models. A configured directory goes before both.
std::filesystem::path default_model_directory();

/// Where parley's own data is (phrase tables, notices): $PARLEY_DATA, else the source tree's data/.
std::filesystem::path default_data_directory();

}  // namespace parley
