// SPDX-License-Identifier: GPL-3.0-or-later
// parley-engine: one engine of parleyd's, in a process of its own. parleyd starts it; see src/workers.
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include <CLI/CLI.hpp>

#include "app/engine_roles.h"
#include "app/loading.h"
#include "base/log.h"
#include "workers/server.h"
#include "workers/spawn.h"

namespace parley::app {
namespace {

constexpr int kSpareNiceness = 10;
/// When memory is short the kernel ends an engine, which is replaced, rather than parleyd.
constexpr int kEndMeFirst = 300;

/// Dies with parleyd, and of nothing that is meant for parleyd: a terminal sends its signals to both.
void belong_to_parent() {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGHUP, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  int now = kEndMeFirst;
  std::ifstream("/proc/self/oom_score_adj") >> now;
  if (now < kEndMeFirst) std::ofstream("/proc/self/oom_score_adj") << kEndMeFirst;
}

bool set_niceness(pid_t thread, int niceness) {
  return setpriority(PRIO_PROCESS, static_cast<id_t>(thread), niceness) == 0;
}

/// Whether a thread that was made less urgent may be made as urgent as before: root may, and who has LimitNICE=+0.
bool may_restore_niceness() {
  bool may = false;
  std::thread([&] { may = set_niceness(gettid(), kSpareNiceness) && set_niceness(gettid(), 0); }).join();
  return may;
}

/// The threads that the engine made for itself while its loader was less urgent are as urgent as the others from now
/// on.
void restore_niceness() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    const auto thread = static_cast<pid_t>(std::stol(entry.path().filename().string()));
    if (getpriority(PRIO_PROCESS, static_cast<id_t>(thread)) == kSpareNiceness) set_niceness(thread, 0);
  }
}

/// Loads the engine of a spare in a thread of low priority, for calls go on meanwhile. Threads that serve are made
/// later and have the priority of the process.
Result<workers::Engine> load_beside_calls(const Settings& settings, const EngineRole& role) {
  const bool restorable = may_restore_niceness();
  if (!restorable && threads_of(settings, role) > 1) return load_role(settings, role);
  Result<workers::Engine> engine;
  std::thread([&] {
    set_niceness(gettid(), kSpareNiceness);
    engine = load_role(settings, role);
  }).join();
  if (restorable) restore_niceness();
  return engine;
}

struct Options {
  std::string role;
  std::string config;
  int threads = 2;
  bool spare = false;
  bool no_background = false;
};

int run_engine(Settings settings, const Options& options) {
  const auto role = EngineRole::parse(options.role);
  if (!role) {
    workers::say_not_loaded(workers::kChildSocket, role.error());
    return EXIT_FAILURE;
  }
  // One process measures; what it finds out the others read.
  if (options.no_background) settings.synthesis.kokoro.measure_voices = false;
  const auto engine = options.spare ? load_beside_calls(settings, *role) : load_role(settings, *role);
  if (!engine) {
    workers::say_not_loaded(workers::kChildSocket, engine.error());
    return EXIT_FAILURE;
  }
  workers::serve(workers::kChildSocket, *engine, workers::facts_of(*engine, settings.languages), options.threads);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace parley::app

int main(int argc, char** argv) {
  using namespace parley;
  CLI::App cli(
      "parley-engine runs one engine for parleyd, which starts it. There is nothing to be done with it by hand.");
  cli.set_version_flag("--version", "parley-engine " PARLEY_VERSION);
  app::Options options;
  cli.add_option("--role", options.role,
                 "Stage and engine: recognition:moonshine, recognition:whisper, "
                 "translation:marian, synthesis:kokoro, synthesis:kokoro-whole, synthesis:espeak")
      ->required();
  cli.add_option("-c,--config", options.config, "parleyd's configuration file (TOML)");
  cli.add_option("--threads", options.threads, "Requests that are answered at once")->check(CLI::Range(1, 256));
  cli.add_flag("--spare", options.spare, "Another process serves calls: load without disturbing it");
  cli.add_flag("--no-background", options.no_background, "Another process measures voices");
  CLI11_PARSE(cli, argc, argv);

  if (fcntl(workers::kChildSocket, F_SETFD, FD_CLOEXEC) != 0) {
    std::cerr << "parley-engine: parleyd starts it\n";
    return EXIT_FAILURE;
  }
  app::belong_to_parent();
  const auto settings =
      options.config.empty() ? Result<app::Settings>(app::default_settings()) : app::load_settings(options.config);
  if (!settings) {
    workers::say_not_loaded(workers::kChildSocket, settings.error());
    return EXIT_FAILURE;
  }
  if (const auto logging = set_up_logging(settings->log_level, LogWriting::kInBackground, settings->log_format);
      !logging) {
    workers::say_not_loaded(workers::kChildSocket, logging.error());
    return EXIT_FAILURE;
  }
  const int status = app::run_engine(*settings, options);
  spdlog::shutdown();
  // Threads may still work on what nobody wants any more.
  std::_Exit(status);
}
