// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/digits.h"

#include <algorithm>

#include "translation/numbers.h"

namespace parley::translation {
namespace {

/// "345" of "3:45" and "1545".
bool are_same_time(std::string_view a, std::string_view b) {
  const auto minutes = [](std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value / 100 % 12 * 60 + value % 100;
  };
  const auto fits = [](std::string_view digits) { return digits.size() == 3 || digits.size() == 4; };
  return fits(a) && fits(b) && minutes(a) == minutes(b);
}

bool is_time(std::string_view text, const Numeral& numeral) {
  return text.substr(numeral.begin, numeral.end - numeral.begin).find(':') != std::string_view::npos;
}

/// Whether each is found among the translation's numbers; one may stand for one only.
bool all_found(std::string_view source, const std::vector<Numeral>& wanted, std::vector<Numeral> present) {
  for (const Numeral& numeral : wanted) {
    const auto found = std::ranges::find_if(present, [&](const Numeral& other) {
      return other.digits == numeral.digits ||
             (is_time(source, numeral) && are_same_time(numeral.digits, other.digits));
    });
    if (found == present.end()) return false;
    present.erase(found);
  }
  return true;
}

/// Whether the same digits are there in the same order, however they are grouped.
bool all_in_order(const std::vector<Numeral>& wanted, const std::vector<Numeral>& present) {
  std::string all;
  for (const Numeral& numeral : present) all += numeral.digits;
  std::size_t at = 0;
  for (const Numeral& numeral : wanted) {
    const auto found = all.find(numeral.digits, at);
    if (found == std::string::npos) return false;
    at = found + numeral.digits.size();
  }
  return true;
}

}  // namespace

bool keeps_digits(std::string_view source, std::string_view translation, const Language& target) {
  const auto wanted = numerals(source);
  if (wanted.empty()) return true;
  const auto present = numerals_and_words(translation, target);
  return all_found(source, wanted, present) || all_in_order(wanted, present);
}

std::string with_digits_of(std::string_view source, std::string_view translation) {
  const auto from = numerals(source);
  const auto to = numerals(translation);
  std::string result(translation);
  if (from.size() != to.size()) return result;
  for (std::size_t i = to.size(); i-- > 0;) {
    if (from[i].digits == to[i].digits || (is_time(source, from[i]) && are_same_time(from[i].digits, to[i].digits)))
      continue;
    result.replace(to[i].begin, to[i].end - to[i].begin, source.substr(from[i].begin, from[i].end - from[i].begin));
  }
  return result;
}

std::vector<std::string> other_groupings(std::string_view source) {
  std::vector<std::string> variants;
  for (const std::string_view mark : {" ", ""}) {
    std::string variant(source);
    const auto found = numerals(source);
    for (std::size_t i = found.size(); i-- > 0;) {
      std::string number(source.substr(found[i].begin, found[i].end - found[i].begin));
      for (auto at = number.find('-'); at != std::string::npos; at = number.find('-', at)) number.replace(at, 1, mark);
      variant.replace(found[i].begin, found[i].end - found[i].begin, number);
    }
    if (variant != source && std::ranges::find(variants, variant) == variants.end())
      variants.push_back(std::move(variant));
  }
  return variants;
}

}  // namespace parley::translation
