// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/written_numbers.h"

#include <algorithm>

#include "synthesis/characters.h"

namespace parley::synthesis {
namespace {

using Text = std::u32string_view;

bool is_number_sign(char32_t c) { return c == U'.' || c == U','; }

std::optional<Quantity> assemble(const std::vector<Text>& parts, const std::vector<char32_t>& signs,
                                 const SpeechWords& words) {
  bool has_fraction = false;
  if (std::ranges::any_of(signs, [&](char32_t sign) { return sign != signs.front(); })) {
    if (std::ranges::count(signs, signs.back()) > 1) return std::nullopt;
    has_fraction = true;
  } else if (signs.size() == 1) {
    const bool thousands =
        signs[0] == words.thousands && parts[1].size() == 3 && parts[0].size() <= 3 && parts[0][0] != U'0';
    has_fraction = !thousands;
  }
  const std::size_t whole_parts = parts.size() - (has_fraction ? 1 : 0);
  if (whole_parts > 1 && parts[0].size() > 3) return std::nullopt;
  Quantity quantity{.whole = std::u32string(parts[0]), .fraction = {}, .grouped = whole_parts > 1, .end = 0};
  for (std::size_t i = 1; i < whole_parts; ++i) {
    if (parts[i].size() != 3) return std::nullopt;
    quantity.whole += parts[i];
  }
  if (has_fraction) quantity.fraction = parts.back();
  return quantity;
}

// One group with its parentheses, when the text has one there.
bool add_group(Text text, std::size_t position, DigitGroups& groups) {
  const bool parentheses = at(text, position) == U'(';
  const std::size_t first = position + (parentheses ? 1 : 0);
  const std::size_t count = count_digits(text, first);
  if (count == 0 || (parentheses && at(text, first + count) != U')')) return false;
  const std::size_t end = first + count + (parentheses ? 1 : 0);
  const bool goes_on = (parentheses || at(text, end) == U'-') && is_digit(at(text, end + (parentheses ? 0 : 1)));
  if (!goes_on && !number_ends(text, end)) return false;
  groups.digits.emplace_back(text.substr(first, count));
  groups.area_code |= parentheses;
  groups.end = end;
  return true;
}

}  // namespace

std::size_t count_digits(std::u32string_view text, std::size_t position) {
  std::size_t count = 0;
  while (is_digit(at(text, position + count))) ++count;
  return count;
}

bool number_ends(std::u32string_view text, std::size_t position) {
  const char32_t next = at(text, position);
  if (is_word_character(next)) return false;
  const bool joins = next == U'.' || next == U',' || next == U':' || next == U'/' || next == U'-';
  return !(joins && is_digit(at(text, position + 1)));
}

int value_of(std::u32string_view digits) {
  int value = 0;
  for (const char32_t c : digits.substr(0, 8)) value = value * 10 + static_cast<int>(c - U'0');
  return value;
}

std::u32string without_leading_zeros(std::u32string_view digits) {
  while (digits.size() > 1 && digits.front() == U'0') digits.remove_prefix(1);
  return std::u32string(digits);
}

std::u32string spell_digits(std::u32string_view digits) {
  std::u32string out;
  for (const char32_t c : digits) {
    if (!out.empty()) out += U' ';
    out += c;
  }
  return out;
}

std::optional<Quantity> read_quantity(std::u32string_view text, std::size_t position, const SpeechWords& words) {
  std::vector<Text> parts;
  std::vector<char32_t> signs;
  while (true) {
    const std::size_t count = count_digits(text, position);
    if (count == 0) return std::nullopt;
    parts.push_back(text.substr(position, count));
    position += count;
    const char32_t sign = at(text, position);
    if (!is_number_sign(sign) || !is_digit(at(text, position + 1))) break;
    signs.push_back(sign);
    ++position;
  }
  auto quantity = assemble(parts, signs, words);
  if (quantity) quantity->end = position;
  return quantity;
}

std::size_t DigitGroups::total() const {
  std::size_t sum = 0;
  for (const auto& group : digits) sum += group.size();
  return sum;
}

bool DigitGroups::has_leading_zero() const {
  return std::ranges::any_of(digits, [](const auto& group) { return group.size() > 1 && group[0] == U'0'; });
}

bool DigitGroups::is_range() const {
  if (digits.size() != 2 || separators[0] != U'-' || international || area_code || has_leading_zero()) return false;
  const Text first = digits[0];
  const Text second = digits[1];
  if (first.size() <= 2 && second.size() <= 2) return true;
  const bool rising = first.size() <= 4 && second.size() <= 4 && value_of(first) < value_of(second);
  const auto is_year = [](Text group) {
    return group.size() == 4 && value_of(group) >= 1900 && value_of(group) < 2100;
  };
  return rising && ((is_year(first) && is_year(second)) || (first.back() == U'0' && second.back() == U'0'));
}

bool DigitGroups::is_code() const {
  if (international) return total() >= 5;
  if (digits.size() < 2 || is_range()) return false;
  if (area_code || has_leading_zero() || std::ranges::find(separators, U'-') != separators.end()) return true;
  return total() >= 6 && std::ranges::any_of(digits, [](const auto& group) { return group.size() > 2; });
}

DigitGroups read_digit_groups(std::u32string_view text, std::size_t position) {
  DigitGroups groups;
  groups.international = at(text, position) == U'+';
  if (!add_group(text, position + (groups.international ? 1 : 0), groups)) return groups;
  while (groups.end < text.size()) {
    const char32_t sign = text[groups.end];
    const bool separated = sign == U' ' || sign == U'-';
    const bool after_parenthesis = text[groups.end - 1] == U')' && is_digit(sign);
    if ((!separated && !after_parenthesis) || !add_group(text, groups.end + (separated ? 1 : 0), groups)) break;
    groups.separators.push_back(separated ? sign : U' ');
  }
  return groups;
}

}  // namespace parley::synthesis
