// SPDX-License-Identifier: GPL-3.0-or-later
// parley: the command line beside the daemon.
#include <cstdlib>
#include <iostream>

#include <unistd.h>
#include <CLI/CLI.hpp>

#include "app/commands.h"
#include "app/loading.h"
#include "base/log.h"

namespace parley::app {

Result<Settings> CommonOptions::settings() const {
  if (auto logging = set_up_logging(log_level); !logging) return std::unexpected(logging.error());
  return config.empty() ? Result<Settings>(default_settings()) : load_settings(config);
}

int complain(const Error& error) {
  std::cerr << "parley: " << error.message << "\n";
  return EXIT_FAILURE;
}

Result<std::shared_ptr<const call::Engines>> load_engines_visibly(const Settings& settings) {
  const bool terminal = isatty(STDERR_FILENO) != 0;
  auto engines = load_engines(settings, [&](std::string_view what) {
    if (terminal) std::cerr << "\r\033[Kloading " << what << " …" << std::flush;
  });
  if (terminal) std::cerr << "\r\033[K" << std::flush;
  return engines;
}

}  // namespace parley::app

int main(int argc, char** argv) {
  using namespace parley;
  CLI::App cli(
      "parley: translated telephone calls. These commands use the same engines and the same pipeline as the daemon, "
      "parleyd.");
  cli.set_version_flag("--version", "parley " PARLEY_VERSION);
  cli.require_subcommand(1);
  app::CommonOptions common;
  cli.add_option("-c,--config", common.config, "Configuration file (TOML), as for parleyd")->check(CLI::ExistingFile);
  cli.add_option("--log-level", common.log_level, "trace, debug, info, warning, error or off")->capture_default_str();
  int status = EXIT_SUCCESS;
  app::add_translate(cli, common, status);
  app::add_say(cli, common, status);
  app::add_timeline(cli, common, status);
  app::add_doctor(cli, common, status);
  CLI11_PARSE(cli, argc, argv);
  return status;
}
