// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <system_error>

namespace parley::workers {
namespace {

/// What posix_spawn() is to do in the child.
class Preparation {
 public:
  Preparation(int socket, int config) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, socket, kChildSocket);
    if (config >= 0) posix_spawn_file_actions_adddup2(&actions_, config, kChildConfig);
    // Not all of ours are closed by exec: a leg's socket must not stay open in a child when we close it.
    posix_spawn_file_actions_addclosefrom_np(&actions_, config >= 0 ? kChildConfig + 1 : kChildSocket + 1);

    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~Preparation() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string described(int error) { return std::system_category().message(error); }

/// Descriptors above those that the child gets, so that putting one in its place overwrites none.
Descriptor out_of_the_way(int number) { return Descriptor(fcntl(number, F_DUPFD_CLOEXEC, kChildConfig + 1)); }

}  // namespace

Result<Child> spawn(const Program& program) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(ErrorCode::kUnavailable, "no socket for {}: {}", program.file.string(), described(errno));
  Descriptor ours(ends[0]);
  const Descriptor pair(ends[1]);
  const Descriptor theirs = out_of_the_way(pair.get());
  const Descriptor config = program.config >= 0 ? out_of_the_way(program.config) : Descriptor();
  if (!theirs || (program.config >= 0 && !config) || fcntl(ours.get(), F_SETFL, O_NONBLOCK) != 0)
    return fail(ErrorCode::kUnavailable, "no descriptor for {}: {}", program.file.string(), described(errno));

  const std::string file = program.file.string();
  std::vector<char*> arguments{const_cast<char*>(file.c_str())};
  for (const auto& argument : program.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const Preparation preparation(theirs.get(), config.get());
  pid_t pid = -1;
  const int error =
      posix_spawn(&pid, file.c_str(), preparation.actions(), preparation.attributes(), arguments.data(), environ);
  if (error != 0) return fail(ErrorCode::kUnavailable, "{} cannot be started: {}", file, described(error));
  return Child{.pid = pid, .socket = std::move(ours)};
}

Result<Descriptor> copy_in_memory(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(ErrorCode::kNotFound, "configuration {} is missing", file.string());
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  Descriptor copy(memfd_create("parley.toml", MFD_CLOEXEC));
  if (!copy || write(copy.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    return fail(ErrorCode::kUnavailable, "{} cannot be copied: {}", file.string(), described(errno));
  return copy;
}

}  // namespace parley::workers
