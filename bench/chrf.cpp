// SPDX-License-Identifier: GPL-3.0-or-later
#include "chrf.h"

#include <algorithm>
#include <map>
#include <string>

#include "base/utf8.h"

namespace parley::bench {
namespace {

using Grams = std::map<std::u32string, std::size_t>;

std::u32string without_spaces(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    const auto point = first_code_point(text);
    text.remove_prefix(point.bytes);
    const bool space = point.value == U' ' || (point.value >= U'\t' && point.value <= U'\r') || point.value == 0xA0;
    if (!space) characters.push_back(point.value);
  }
  return characters;
}

Grams grams_of(const std::u32string& text, std::size_t order) {
  Grams grams;
  for (std::size_t at = 0; at + order <= text.size(); ++at) ++grams[text.substr(at, order)];
  return grams;
}

std::size_t count_of(const std::u32string& text, std::size_t order) {
  return text.size() < order ? 0 : text.size() - order + 1;
}

}  // namespace

void ChrF::add(std::string_view hypothesis, std::string_view reference) {
  const auto said = without_spaces(hypothesis);
  const auto meant = without_spaces(reference);
  for (std::size_t order = 1; order <= kOrders; ++order) {
    Counts& counts = counts_[order - 1];
    counts.hypothesis += count_of(said, order);
    counts.reference += count_of(meant, order);
    const Grams wanted = grams_of(meant, order);
    for (const auto& [gram, count] : grams_of(said, order)) {
      const auto found = wanted.find(gram);
      if (found != wanted.end()) counts.matches += std::min(count, found->second);
    }
  }
}

double ChrF::score() const {
  double precision = 0.0;
  double recall = 0.0;
  int orders = 0;
  for (const Counts& counts : counts_) {
    if (counts.hypothesis == 0 || counts.reference == 0) continue;
    precision += static_cast<double>(counts.matches) / static_cast<double>(counts.hypothesis);
    recall += static_cast<double>(counts.matches) / static_cast<double>(counts.reference);
    ++orders;
  }
  if (orders == 0 || precision + recall == 0.0) return 0.0;
  precision /= orders;
  recall /= orders;
  constexpr double kFactor = 4.0;  // β²
  return 100.0 * (1.0 + kFactor) * precision * recall / (kFactor * precision + recall);
}

double chrf(std::string_view hypothesis, std::string_view reference) {
  ChrF one;
  one.add(hypothesis, reference);
  return one.score();
}

}  // namespace parley::bench
