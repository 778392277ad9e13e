// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::translation {

/// A translation that agrees with what was said already.
struct Settled {
  std::string text;  ///< The said words exactly as they were said, and the translation's after them.
  std::string rest;  ///< Said words that go beyond this translation.
};

/// Lays `committed` over `translation`, comparing word by word without case and punctuation. Nothing when they
/// disagree.
std::optional<Settled> settle(std::string_view committed, std::string_view translation);

/// Which of the committed target sentences belongs to which of `count` source sentences: one each, in order, what is
/// left to the last.
std::vector<std::string> share_out(const std::vector<std::string>& committed, std::size_t count);

}  // namespace parley::translation
