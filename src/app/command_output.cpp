// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_output.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace parley::app {
namespace {

constexpr std::size_t kMaxOutput = 64 * 1024;

struct Child {
  pid_t pid = -1;
  int output = -1;
};

Result<Child> spawn(const std::vector<std::string>& arguments) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0)
    return fail(ErrorCode::kUnavailable, "no pipe: {}", std::strerror(errno));
  std::vector<char*> argv;
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  Child child{.output = pipe_ends[0]};
  const int error = posix_spawnp(&child.pid, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(pipe_ends[1]);
  if (error != 0) {
    close(pipe_ends[0]);
    return fail(ErrorCode::kNotFound, "{} cannot be run: {}", arguments[0], std::strerror(error));
  }
  return child;
}

/// False when the time was up before the program closed its output.
bool read_all(int fd, std::string& output, SteadyClock::time_point deadline) {
  std::array<char, 4096> block{};
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
    pollfd ready{.fd = fd, .events = POLLIN};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0) return false;
    const ssize_t count = read(fd, block.data(), block.size());
    if (count == 0) return true;
    if (count < 0 && errno != EINTR) return true;
    if (count > 0) output.append(block.data(), std::min(static_cast<std::size_t>(count), kMaxOutput - output.size()));
  }
}

}  // namespace

Result<CommandOutput> run_command(const std::vector<std::string>& arguments, milliseconds limit) {
  const auto child = spawn(arguments);
  if (!child) return std::unexpected(child.error());
  CommandOutput result;
  const bool in_time = read_all(child->output, result.output, SteadyClock::now() + limit);
  close(child->output);
  if (!in_time) kill(child->pid, SIGKILL);
  int status = 0;
  while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!in_time) return fail(ErrorCode::kUnavailable, "{} did not answer within {} ms", arguments[0], limit.count());
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace parley::app
