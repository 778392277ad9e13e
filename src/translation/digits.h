// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"

namespace parley::translation {

/// Whether every number written in digits in the source is in the translation, in digits or as a word, digit for digit;
/// a time may have changed between twelve and twenty-four hours.
bool keeps_digits(std::string_view source, std::string_view translation, const Language& target);

/// The translation with the source's numbers put in the places of its own, where it has as many; else as it is.
std::string with_digits_of(std::string_view source, std::string_view translation);

/// The source with its digits grouped in other ways that a model may keep better, the better ones first.
std::vector<std::string> other_groupings(std::string_view source);

}  // namespace parley::translation
