// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace parley::recognition {

/// The text without bytes that are no UTF-8 (a model may stop inside a character), without control characters, with space around it
/// trimmed.
std::string clean_text(std::string_view bytes);

}  // namespace parley::recognition
