// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "translation/incremental_translation.h"

namespace parley::bench {

/// What a recogniser would make of a text being spoken, one update a word: the last two words are not agreed, the very
/// last is often cut off or another word, marks come and go on the last agreed word, a comma is only heard with the
/// word behind it, and every hypothesis ends with a full stop. The last update is complete and right. The same for the
/// same seed.
std::vector<translation::HeardText> hear(std::string_view text, unsigned seed);

}  // namespace parley::bench
