// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace parley::recognition {

/// Speech models with a short window sometimes end in a loop ("press one. press one. press one."). Cuts such a tail to
/// its first occurrence: up to 30 words said twice or more (one or two words: three times or more), case and
/// punctuation ignored, the last repetition possibly incomplete. Where there are no words between spaces (Japanese,
/// "a-a-a-a"), the same for characters said four times or more. Text without a loop comes back as it was.
std::string without_repeated_tail(std::string_view text);

}  // namespace parley::recognition
