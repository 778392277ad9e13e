// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace parley::app {

/// Any text as character data of XML 1.0, in one line. What a picture of it must not contain, control characters and
/// those that turn the direction of what follows, becomes U+FFFD; bytes that are no UTF-8 too.
std::string escape_xml(std::string_view text);

/// About how wide a text is in a sans-serif font of this size, in the same unit; rather too wide than too narrow.
double text_width(std::string_view text, double font_size);

/// As much of a text as fits, with "…" when that is not all; empty when not even three letters do.
std::string shorten(std::string_view text, double width, double font_size);

}  // namespace parley::app
