// SPDX-License-Identifier: GPL-3.0-or-later
#include "child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>

namespace parley::bench {
namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) == 0) read_end = ends[0], write_end = ends[1];
  }
  ~Pipe() { close_read(), close_write(); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void close_read() { close_end(read_end); }
  void close_write() { close_end(write_end); }

 private:
  static void close_end(int& end) {
    if (end >= 0) close(end);
    end = -1;
  }
};

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (auto& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// Ours and the additions, which go before ours of the same name.
std::vector<std::string> environment_with(const std::vector<std::string>& additions) {
  std::vector<std::string> all = additions;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view ours(*variable);
    const auto name = ours.substr(0, ours.find('=') + 1);
    const bool replaced =
        std::ranges::any_of(additions, [&](const std::string& addition) { return addition.starts_with(name); });
    if (!replaced) all.emplace_back(ours);
  }
  return all;
}

/// False when the time is over before the end.
bool read_to_end(int end, SteadyClock::time_point deadline, std::string& output) {
  std::array<char, 4096> part{};
  while (true) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - SteadyClock::now());
    pollfd readable{end, POLLIN, 0};
    if (left.count() <= 0 || poll(&readable, 1, static_cast<int>(left.count())) == 0) return false;
    const auto count = read(end, part.data(), part.size());
    if (count <= 0) return true;
    output.append(part.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

Result<std::string> run_child(const ChildCommand& command) {
  const std::string& program = command.arguments.front();
  Pipe input;
  Pipe output;
  auto arguments = command.arguments;
  auto environment = environment_with(command.environment);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output.write_end, STDOUT_FILENO);
  pid_t child = 0;
  const int failed = posix_spawn(&child, program.c_str(), &actions, nullptr, pointers_to(arguments).data(),
                                 pointers_to(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return fail(ErrorCode::kUnavailable, "{} cannot be started: {}", program, std::strerror(failed));

  input.close_read();
  output.close_write();
  signal(SIGPIPE, SIG_IGN);  // A child that ends before it has read everything says why itself.
  [[maybe_unused]] const auto written = write(input.write_end, command.input.data(), command.input.size());
  input.close_write();

  std::string text;
  const bool ended = read_to_end(output.read_end, SteadyClock::now() + command.limit, text);
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!ended) return fail(ErrorCode::kUnavailable, "{} was stopped after {} ms", program, command.limit.count());
  if (WIFSIGNALED(status)) return fail(ErrorCode::kInternal, "{} died of signal {}", program, WTERMSIG(status));
  if (WEXITSTATUS(status) != 0)
    return fail(ErrorCode::kInternal, "{} failed with status {}", program, WEXITSTATUS(status));
  return text;
}

}  // namespace parley::bench
