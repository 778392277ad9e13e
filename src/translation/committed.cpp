// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/committed.h"

#include <algorithm>

#include "translation/text.h"

namespace parley::translation {
namespace {

bool ends_in_punctuation(std::string_view text) {
  return !text.empty() && std::string_view(".,;:?!").find(text.back()) != std::string_view::npos;
}

/// Without the punctuation it begins with, and the spaces around that.
std::string_view without_leading_punctuation(std::string_view text) {
  const auto first = text.find_first_not_of(" .,;:?!");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

}  // namespace

std::optional<Settled> settle(std::string_view committed, std::string_view translation) {
  const auto said = folded_words(committed);
  const auto words = folded_words(translation);
  const std::size_t common = std::min(said.size(), words.size());
  if (!std::equal(said.begin(), said.begin() + static_cast<long>(common), words.begin())) return std::nullopt;
  if (said.size() > words.size()) {
    const std::string_view rest = after_words(committed, common);
    const std::string_view here = committed.substr(0, committed.size() - rest.size());
    return Settled{std::string(here), std::string(without_leading_punctuation(rest))};
  }
  std::string_view rest = after_words(translation, common);
  const bool twice = ends_in_punctuation(committed);
  if (twice) rest = without_leading_punctuation(rest);
  return Settled{std::string(committed) + (twice && !rest.empty() ? " " : "") + std::string(rest), {}};
}

std::vector<std::string> share_out(const std::vector<std::string>& committed, std::size_t count) {
  std::vector<std::string> shares(count);
  for (std::size_t i = 0; i < committed.size() && count > 0; ++i) {
    std::string& share = shares[std::min(i, count - 1)];
    share += (share.empty() ? "" : " ") + committed[i];
  }
  return shares;
}

}  // namespace parley::translation
