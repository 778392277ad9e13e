// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include <CLI/CLI.hpp>

#include "app/settings.h"
#include "call/engines.h"

namespace parley::app {

/// What every command understands.
struct CommonOptions {
  std::string config;  ///< File; empty: defaults.
  std::string log_level = "warning";

  Result<Settings> settings() const;
};

/// Each adds one command to `parley`. The command ends by setting `status`, the exit status of the process.
void add_translate(CLI::App& parley, const CommonOptions& common, int& status);
void add_say(CLI::App& parley, const CommonOptions& common, int& status);
void add_timeline(CLI::App& parley, const CommonOptions& common, int& status);
void add_doctor(CLI::App& parley, const CommonOptions& common, int& status);

/// "parley: MESSAGE" on standard error; EXIT_FAILURE.
int complain(const Error& error);

/// Loads the engines with progress on standard error when that is a terminal.
Result<std::shared_ptr<const call::Engines>> load_engines_visibly(const Settings& settings);

}  // namespace parley::app
