// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_parleyd.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "base/clock.h"
#include "give_up.h"

namespace parley::bench {
namespace {

constexpr milliseconds kLoading{180'000};
constexpr milliseconds kStopping{10'000};

std::filesystem::path temporary_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "parley-load-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) give_up("no temporary directory can be made");
  return name;
}

}  // namespace

Parleyd::Parleyd(const std::filesystem::path& program) : directory_(temporary_directory()) {
  const auto settings = directory_ / "parley.toml";
  std::ofstream(settings) << fmt::format(
      "ledger = \"{}\"\n[external_media]\nsocket = \"{}\"\n[audiosocket]\nenabled = false\n[http]\nenabled = false\n"
      "[capacity]\ncalls = 1000\n",
      ledger().string(), socket().string());
  process_ = fork();
  if (process_ < 0) give_up("no second process can be started");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    const int log = open(log_file().c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    unsetenv("JOURNAL_STREAM");
    execl(program.c_str(), program.c_str(), "--config", settings.c_str(), nullptr);
    _exit(127);
  }
}

Parleyd::~Parleyd() {
  kill(process_, SIGTERM);
  const auto deadline = SteadyClock::now() + kStopping;
  while (waitpid(process_, nullptr, WNOHANG) == 0) {
    if (SteadyClock::now() > deadline) kill(process_, SIGKILL);
    std::this_thread::sleep_for(milliseconds(50));
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Parleyd::wait_ready() const {
  static const std::regex kReady(R"(info +ready\n)");
  const auto deadline = SteadyClock::now() + kLoading;
  while (!std::regex_search(log(), kReady)) {
    if (waitpid(process_, nullptr, WNOHANG) != 0) give_up("parleyd ended: " + log());
    if (SteadyClock::now() > deadline) give_up("parleyd does not become ready: " + log());
    std::this_thread::sleep_for(milliseconds(200));
  }
}

std::string Parleyd::log() const {
  std::ostringstream text;
  text << std::ifstream(log_file()).rdbuf();
  return text.str();
}

}  // namespace parley::bench
