// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/result.h"

namespace parley::media {

/// Makes way for a server's socket at `path`: a socket file that nobody answers on any more is removed.
/// Errors: kInvalid for a path that is too long or something else than a socket, kNotFound when its directory is
/// missing, kUnavailable when a server answers there.
Result<void> clear_socket_path(const std::filesystem::path& path);

/// Says who may connect. Errors: kInvalid for names that do not exist, kUnavailable when it is not permitted.
Result<void> set_socket_access(const std::filesystem::path& path, mode_t mode, const std::optional<std::string>& owner,
                               const std::optional<std::string>& group);

}  // namespace parley::media
