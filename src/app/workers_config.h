// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "app/settings.h"
#include "call/engines.h"
#include "workers/workers.h"

namespace parley::app {

/// Which engines the settings ask for, to be run in processes of their own. `file`: the configuration, empty where the
/// defaults hold.
workers::WorkersConfig workers_config(const Settings& settings, const std::filesystem::path& file);

/// Puts the workers' engines into the chains that calls use: for each language its recogniser, then what else hears it;
/// then the translator; then the synthesiser and what speaks while it cannot.
void use_workers(const workers::Workers& workers, const Settings& settings, call::Engines& engines);

}  // namespace parley::app
