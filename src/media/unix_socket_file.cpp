// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/unix_socket_file.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace parley::media {
namespace {

namespace fs = std::filesystem;

/// Whether connecting gets through, or waits only because so many others do.
Result<bool> somebody_answers(const fs::path& path) {
  const int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (probe < 0)
    return fail(ErrorCode::kUnavailable, "cannot look whether a server answers on {}: {}", path.string(),
                std::generic_category().message(errno));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const int outcome = connect(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int error = outcome == 0 ? 0 : errno;
  close(probe);
  if (error == 0 || error == EAGAIN || error == EINPROGRESS) return true;
  if (error == ECONNREFUSED || error == ENOENT) return false;
  return fail(ErrorCode::kUnavailable, "cannot look whether a server answers on {}: {}", path.string(),
              std::generic_category().message(error));
}

std::vector<char> lookup_buffer() { return std::vector<char>(16384); }

Result<uid_t> user_id(const std::string& name) {
  std::vector<char> buffer = lookup_buffer();
  passwd entry{};
  passwd* found = nullptr;
  getpwnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr)
    return fail(ErrorCode::kInvalid, "there is no user \"{}\" to give the ExternalMedia socket to", name);
  return found->pw_uid;
}

Result<gid_t> group_id(const std::string& name) {
  std::vector<char> buffer = lookup_buffer();
  group entry{};
  group* found = nullptr;
  getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found);
  if (found == nullptr)
    return fail(ErrorCode::kInvalid, "there is no group \"{}\" to give the ExternalMedia socket to", name);
  return found->gr_gid;
}

}  // namespace

Result<void> clear_socket_path(const fs::path& path) {
  if (path.empty() || path.string().size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(ErrorCode::kInvalid, "\"{}\" cannot be a socket's path: it must have 1 to {} bytes", path.string(),
                sizeof(sockaddr_un::sun_path) - 1);
  }
  std::error_code ignored;
  const fs::path directory = path.has_parent_path() ? path.parent_path() : fs::path(".");
  if (!fs::is_directory(directory, ignored)) {
    return fail(ErrorCode::kNotFound,
                "directory {} for the ExternalMedia socket is missing: make it, or configure another path",
                directory.string());
  }
  const fs::file_status status = fs::symlink_status(path, ignored);
  if (status.type() == fs::file_type::not_found) return {};
  if (status.type() != fs::file_type::socket) {
    return fail(ErrorCode::kInvalid,
                "{} is there and is no socket: configure another path for the ExternalMedia socket", path.string());
  }
  const Result<bool> answers = somebody_answers(path);
  if (!answers) return std::unexpected(answers.error());
  if (*answers) {
    return fail(ErrorCode::kUnavailable,
                "another server answers on {}: stop it, or configure another path for the ExternalMedia socket",
                path.string());
  }
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(ErrorCode::kUnavailable, "cannot remove {}, which a dead server left: {}", path.string(),
                std::generic_category().message(errno));
  }
  return {};
}

Result<void> set_socket_access(const fs::path& path, mode_t mode, const std::optional<std::string>& owner,
                               const std::optional<std::string>& group) {
  constexpr auto kUnchanged = static_cast<uid_t>(-1);
  const Result<uid_t> user = owner ? user_id(*owner) : Result<uid_t>(kUnchanged);
  if (!user) return std::unexpected(user.error());
  const Result<gid_t> members = group ? group_id(*group) : Result<gid_t>(kUnchanged);
  if (!members) return std::unexpected(members.error());
  if (chown(path.c_str(), *user, *members) != 0 || chmod(path.c_str(), mode) != 0) {
    return fail(ErrorCode::kUnavailable, "cannot set who may connect to {}: {}", path.string(),
                std::generic_category().message(errno));
  }
  return {};
}

}  // namespace parley::media
