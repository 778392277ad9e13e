// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace parley::synthesis {

/// Text as code points. Every byte that belongs to no well-formed sequence (RFC 3629: no surrogates, no overlong forms)
/// gives one U+FFFD.
std::u32string decode_utf8(std::string_view text);

/// Code points as UTF-8; what is no Unicode scalar value is written as U+FFFD.
std::string encode_utf8(std::u32string_view text);

}  // namespace parley::synthesis
