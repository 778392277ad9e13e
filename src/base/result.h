// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <expected>
#include <string>
#include <utility>

#include <fmt/format.h>

namespace parley {

/// What kind of failure it was; decides what a caller does about it.
enum class ErrorCode {
  kInvalid,      ///< The input is wrong: a bad file, a bad message, a bad setting. Trying again will not help.
  kNotFound,     ///< A file, model or voice is missing.
  kUnsupported,  ///< Well formed, but this build or this engine cannot do it (a language pair, a format).
  kUnavailable,  ///< A peer, engine or resource is not there now. Trying again may help.
  kCancelled,    ///< Somebody asked for it to stop.
  kInternal,     ///< An engine failed in a way it should not.
};

std::string_view to_string(ErrorCode code);

/// A failure as a value. The message is a sentence that says what to do about it.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail(ErrorCode::kNotFound, "model {} is missing: run `make models`", path);`
template <typename... Args>
[[nodiscard]] std::unexpected<Error> fail(ErrorCode code, fmt::format_string<Args...> text, Args&&... args) {
  return std::unexpected(Error{code, fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace parley
